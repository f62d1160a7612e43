/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contents of the machine's disks, as libblkid recognises them. Nothing is
 * mounted, because mounting may write (even a read-only mount replays a
 * journal).
 */
#ifndef KJ_BLOCK_DEVICES_H
#define KJ_BLOCK_DEVICES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/disk/filesystem_list.h"

/* The contents of a device or file. Texts are heap, NULL if there is none. */
struct block_content {
	char *type;            /* file system, swap, LUKS, member of a RAID or LVM: ext4, swap, crypto_LUKS, … */
	char *uuid;
	char *label;
	char *sub_uuid;        /* of this part of an array, or of a btrfs on several devices */
	char *partition_table; /* dos, gpt, … */
	bool is_ambiguous;     /* more than one type fits: `type` is NULL */
	uint64_t magic_offset; /* where the type's magic is, 0 if not known */
	uint64_t size_bytes;
};

void block_content_deinit(struct block_content *content);
#define AUTO_BLOCK_CONTENT __attribute__((cleanup(block_content_deinit)))

/* False in a program built --without-blkid; the functions below then find nothing. */
bool block_devices_can_probe(void);

/* Probes an open device or file; `name` is for messages. No contents are no error. */
struct error *block_content_probe(int fd, const char *name, struct block_content *ret_content);

/* The contents' name for messages: a type, or else a partition table; "more than one thing"; NULL if none. */
const char *block_content_name(const struct block_content *content);

/* Erases every signature that libblkid finds on an open device, at any offset. */
struct error *block_content_wipe(int fd, const char *name);

/*
 * The block device that `path` is, or the one that contains it, or will contain
 * it after it is created; 0 if there is none (a pipe, tmpfs). Of a btrfs on
 * several devices it is the one by which it was mounted: a write to it counts
 * as one to the others. Of DEVICE@OFFSET (storage_name.h) it is the device, of mirrors
 * the first.
 */
dev_t block_device_of(const char *name);

/*
 * Calls `visit` for each block device that the kernel shows in /sys/class/block
 * and that can be opened for reading, in order of name. Skips `except` (0:
 * none), read-only devices, and devices without a disk of their own (loop,
 * RAM).
 */
struct error *block_devices_each(dev_t except, void (*visit)(void *context, int fd, const char *path),
				 void *context);

/*
 * Whether the block device is a disk with a size above 0, below the folder `root`: one with a device of its own (not
 * LVM, RAID, loop), and no drive for removable disks. initramfs/functions counts them in the same way.
 */
bool block_device_is_disk(const char *root, const char *name);

/* The number of these disks. */
unsigned int block_devices_count_disks(const char *root);

/* Which devices are listed, and how; zeros: all, with digests. */
struct block_listing {
	dev_t except; /* 0: none */
	bool (*is_wanted)(const void *context, int fd, const char *path); /* NULL: all are */
	const void *context;
	bool without_digests;
	void (*unreadable)(const char *why); /* called for each that cannot be read; may be NULL */
};

/* Lists every file system and swap area on these devices; skips devices that cannot be read. */
struct error *block_devices_list(const struct block_listing *how, struct filesystem_list *ret_list);

#endif
