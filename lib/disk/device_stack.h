/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Maps the bytes of a stacked device to disks and their partitions: device mapper's linear, striped, crypt and raid1
 * targets (LVM, LUKS), md's RAID1, and partitions of these.
 *
 * Encrypted bytes keep their place, and change with the plain bytes: dm-crypt encrypts each sector alone. A mirror
 * maps to all of its parts, because a boot may write to one of them only.
 *
 * Sources: the kernel's Documentation/admin-guide/device-mapper/ (linear, striped, dm-crypt, dm-raid),
 * admin-guide/md.rst (dev-XXX/offset, state), include/uapi/linux/dm-ioctl.h.
 */
#ifndef KJ_DEVICE_STACK_H
#define KJ_DEVICE_STACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Called with a part of a disk or partition, in bytes. */
struct device_visit {
	void (*visit)(void *context, dev_t device, uint64_t offset, uint64_t size);
	void *context;
	bool *is_encrypted; /* set if dm-crypt is above some of them; may be NULL */
};

/* A device's attribute in sysfs, its first line; heap, NULL if there is none. */
char *device_attribute(const char *root, dev_t device, const char *name);

/* The device of which `device` is a partition, by sysfs below the folder `root`; false if it is none. */
bool device_disk_of(const char *root, dev_t device, dev_t *ret_disk);

/* Whether the device is stacked on others, by sysfs below the folder `root`. */
bool device_is_stacked(const char *root, dev_t device);

/* Whether other devices stand on this one, of the device mapper, md and the like, by sysfs below the folder `root`. */
bool device_has_holders(const char *root, dev_t device);

/*
 * Visits the places of [offset, offset + size) of the device, in order. False if they are unknown: other targets
 * (thin, cache, integrity), other RAID levels, bcache; some parts may have been visited then.
 */
bool device_stack_map(const char *root, dev_t device, uint64_t offset, uint64_t size, const struct device_visit *visit);

/* One line of a device mapper's table: [start, start + length) of the device, in sectors of 512 bytes. */
struct dm_line {
	uint64_t start, length;
	const char *type, *parameters; /* borrowed */
};

/*
 * Maps a part of the line, in bytes from its start, to the devices below. False if the type is not known or the
 * parameters are not of its form.
 */
bool dm_line_map(const struct dm_line *line, uint64_t offset, uint64_t size, const struct device_visit *visit);

#endif
