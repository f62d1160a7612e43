/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/vmcoreinfo.h"

#include <stddef.h>

#include "lib/base/text.h"

struct error *vmcoreinfo_number(const char *vmcoreinfo, const char *key, int base, uint64_t *ret_value)
{
	if (line_number(vmcoreinfo, key, base, ret_value))
		return NULL;
	return error_new("VMCOREINFO has no %s", key);
}
