/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/xen.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"

/* XENFEAT_auto_translated_physmap, a bit (include/xen/interface/features.h): Xen gives it to HVM and PVH guests only. */
#define FEATURE_AUTO_TRANSLATED 2

/* The content of a file without its newline; heap, NULL if there is no such file. */
static char *read_word(const char *root, const char *path)
{
	char *text = NULL;

	error_free(read_small_file(root, path, &text, NULL));
	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

bool xen_is_pv(const char *root)
{
	AUTO_FREE char *guest_type = read_word(root, "/sys/hypervisor/guest_type");
	AUTO_FREE char *type = read_word(root, "/sys/hypervisor/type");
	AUTO_FREE char *features = read_word(root, "/sys/hypervisor/properties/features");
	AUTO_FREE char *capabilities = read_word(root, "/proc/xen/capabilities");

	if (guest_type)
		return !strcmp(guest_type, "PV");
	if (type && !strcmp(type, "xen") && features && *features)
		return !(strtoul(features, NULL, 16) >> FEATURE_AUTO_TRANSLATED & 1);
	return capabilities && !strcmp(capabilities, "control_d");
}
