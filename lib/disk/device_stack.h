/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the bytes of a device lie that stands on others: device mapper's linear, striped, crypt and raid1 targets (LVM,
 * LUKS), md's RAID1, and partitions of these, down to disks and their partitions.
 *
 * Encrypted bytes keep their place, and change when the bytes they stand for do: dm-crypt works on each sector alone.
 * Of a mirror every part is named, for a boot may write to one of them only.
 *
 * Sources: the kernel's Documentation/admin-guide/device-mapper/ (linear, striped, dm-crypt, dm-raid),
 * admin-guide/md.rst (dev-XXX/offset, state), include/uapi/linux/dm-ioctl.h.
 */
#ifndef KJ_DEVICE_STACK_H
#define KJ_DEVICE_STACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Is told of a part of a disk or partition: bytes. */
struct device_visit {
	void (*visit)(void *context, dev_t device, uint64_t offset, uint64_t size);
	void *context;
};

/* A device's attribute in sysfs, its first line; heap, NULL if there is none. */
char *device_attribute(const char *root, dev_t device, const char *name);

/* Whether the device stands on others, as sysfs below the folder `root` shows. */
bool device_is_stacked(const char *root, dev_t device);

/*
 * Visits where [offset, offset + size) of the device lies, in order. False if that cannot be told: other targets
 * (thin, cache, integrity), other RAID levels, bcache; some parts may have been visited then.
 */
bool device_stack_map(const char *root, dev_t device, uint64_t offset, uint64_t size, const struct device_visit *visit);

/* One line of a device mapper's table: [start, start + length) of the device, in sectors of 512 bytes. */
struct dm_line {
	uint64_t start, length;
	const char *type, *parameters; /* borrowed */
};

/*
 * A part of it, in bytes from the line's start, as parts of the devices below. False if the type is not known or
 * the parameters are not of its form.
 */
bool dm_line_map(const struct dm_line *line, uint64_t offset, uint64_t size, const struct device_visit *visit);

#endif
