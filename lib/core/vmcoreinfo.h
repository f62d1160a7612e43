/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers in a kernel's VMCOREINFO, lines of KEY=VALUE (kernel/vmcore_info.c, before 6.9 kernel/crash_core.c). */
#ifndef KJ_VMCOREINFO_H
#define KJ_VMCOREINFO_H

#include <stdint.h>

#include "lib/base/error.h"

/* As line_number; it is an error if the key is missing. */
struct error *vmcoreinfo_number(const char *vmcoreinfo, const char *key, int base, uint64_t *ret_value);

#endif
