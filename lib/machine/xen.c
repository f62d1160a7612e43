/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/xen.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"

/* XENFEAT_auto_translated_physmap, a bit (include/xen/interface/features.h): Xen gives it to HVM and PVH guests only. */
#define FEATURE_AUTO_TRANSLATED 2

bool xen_is_pv(const char *root)
{
	AUTO_FREE char *guest_type = first_line_or_null(root, "/sys/hypervisor/guest_type");
	AUTO_FREE char *type = first_line_or_null(root, "/sys/hypervisor/type");
	AUTO_FREE char *features = first_line_or_null(root, "/sys/hypervisor/properties/features");
	AUTO_FREE char *capabilities = first_line_or_null(root, "/proc/xen/capabilities");

	if (guest_type)
		return !strcmp(guest_type, "PV");
	if (type && !strcmp(type, "xen") && features && *features)
		return !(strtoul(features, NULL, 16) >> FEATURE_AUTO_TRANSLATED & 1);
	return capabilities && !strcmp(capabilities, "control_d");
}
