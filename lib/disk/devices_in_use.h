/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The block devices that this kernel uses: those it holds exclusively, and those that programs write to.
 *
 * The kernel refuses to open a device exclusively while another user holds it exclusively
 * (block/bdev.c, bd_may_claim): each mounted file system, in any mount namespace, also after a lazy unmount; a
 * journal on another device; each device of a btrfs, bcachefs or zfs; swap; a part of dm, md, bcache, drbd. Loop
 * devices do not hold their backing device, which is looked up.
 */
#ifndef KJ_DEVICES_IN_USE_H
#define KJ_DEVICES_IN_USE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/disk/filesystem_list.h"

/* Devices that are used without being held. Zero-initialise. */
struct device_set {
	dev_t *items;
	size_t count, capacity;
};

void device_set_deinit(struct device_set *set);
#define AUTO_DEVICE_SET __attribute__((cleanup(device_set_deinit)))

/* The devices below loop devices, and those that a program has open for writing; below the folder `root`. */
void device_set_find(struct device_set *set, const char *root);

/* Whether the device, or the disk of which it is a partition by sysfs below the folder `root`, is in the set. */
bool device_set_has(const struct device_set *set, const char *root, dev_t device);

/*
 * Whether the device `path`, open as `fd`, is held, or in the set as above. Opens it once more, for a moment
 * exclusively.
 */
bool device_is_used(const struct device_set *set, int fd, const char *path);

/*
 * Lists the file systems, swap areas and parts of arrays on the devices that this kernel uses, without their
 * digests; with the places of those on stacked devices (stacked_filesystem.h). Errors: they cannot be listed.
 */
struct error *devices_in_use_list(struct filesystem_list *ret_list);

#endif
