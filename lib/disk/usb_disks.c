/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/usb_disks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/disk/unneeded_drivers.h"
#include "lib/machine/lost_devices.h"

char *usb_disk_among(const char *root, const struct device_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		AUTO_FREE char *below = xasprintf("/sys/dev/block/%u:%u", major(set->items[i]), minor(set->items[i]));
		AUTO_FREE char *link = path_below(root, below);
		AUTO_FREE char *path = realpath(link, NULL);

		/* The controller's bus: ".../0000:00:14.0/usb2/2-1/...". */
		if (path && strstr(path, "/usb"))
			return xstrdup(strrchr(path, '/') + 1);
	}
	errno = 0;
	return NULL;
}

struct error *usb_disks_check(const char *override)
{
	AUTO_DEVICE_SET struct device_set used = { 0 };
	struct error *error = needed_devices_find(&used, NULL);
	AUTO_FREE char *name = error ? NULL : usb_disk_among("/", &used);

	/* What is in use is then not known; hibernation checks that by itself. */
	error_free(error);
	if (!name)
		return NULL;
	return error_new("%s is in use, a disk on USB: on the way back the kernel would take it as pulled out, and lose what "
			 "was not yet written to it: unmount it (%s, if it may be lost)", name, override);
}

struct error *jump_losses_check(const char *root, const char *override)
{
	struct error *error = lost_devices_check(root, override);

	return error || strcmp(root, "/") ? error : usb_disks_check(override);
}
