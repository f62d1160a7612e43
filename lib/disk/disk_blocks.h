/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where blocks of a device lie on disks and partitions, below LVM, encryption and RAID1 (device_stack.h): kernels that set
 * none of these up can write and read them there. They are written without the encryption of the layers above.
 */
#ifndef KJ_DISK_BLOCKS_H
#define KJ_DISK_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/base/extents.h"

/* One device that has all of the blocks, in order. */
struct disk_blocks_part {
	dev_t device;
	struct extents blocks; /* multiples of EXTENT_ALIGN_BYTES */
};

/* Zero-initialise. */
struct disk_blocks {
	struct disk_blocks_part *parts; /* one, or mirrors (RAID1); owned */
	size_t count, capacity;
	bool is_encrypted; /* by dm-crypt: the bytes there are not those of the device */
};

void disk_blocks_deinit(struct disk_blocks *blocks);
#define AUTO_DISK_BLOCKS __attribute__((cleanup(disk_blocks_deinit)))

/* Adds blocks to the part on that device, which begins with them if there was none. */
void disk_blocks_add(struct disk_blocks *blocks, dev_t device, uint64_t offset, uint64_t size_bytes);

/*
 * Finds the `blocks` of devices as a file has them, `name` in messages; sysfs is below the folder `root`. Errors, with
 * the remedy: places that are not known, or on more than one disk; some that are not aligned.
 */
struct error *disk_blocks_find(const char *root, const struct disk_blocks *blocks, const char *name,
			       struct disk_blocks *ret_blocks);

#endif
