/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is on the machine's disks, as libblkid tells. Reading only: nothing
 * is mounted, because mounting may write (a journal is replayed even by a
 * read-only mount).
 */
#ifndef KJ_BLOCK_DEVICES_H
#define KJ_BLOCK_DEVICES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/disk/filesystem_list.h"

/* What a device or file holds. Texts are heap and NULL where there is none. */
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

/* False in a program built --without-blkid; what follows then finds nothing. */
bool block_devices_can_probe(void);

/* Looks at an open device or file; `name` is for messages. Finding nothing is no error. */
struct error *block_content_probe(int fd, const char *name, struct block_content *ret_content);

/* What of it is worth a message: a type, or else a partition table; "more than one thing"; NULL if nothing. */
const char *block_content_name(const struct block_content *content);

/* Takes away every mark by which libblkid knows what is on an open device, wherever they are. */
struct error *block_content_wipe(int fd, const char *name);

/*
 * The block device that `path` is, or else the one that holds it, or will hold
 * it when it has been made; 0 if it is on none (a pipe, tmpfs). Of a btrfs on
 * several devices it is the one by which it was mounted: the others count as
 * written to when it is.
 */
dev_t block_device_of(const char *path);

/*
 * Calls `visit` for each block device that the kernel shows in /sys/class/block
 * and that can be opened for reading, in order of name; all but `except` (0:
 * none), what cannot be written to, and what only stands on something else
 * (loop, RAM).
 */
struct error *block_devices_each(dev_t except, void (*visit)(void *context, int fd, const char *path),
				 void *context);

/*
 * How many disks there are that hold something, below the folder `root`: what
 * has a device of its own (not LVM, RAID, loop), and no drives for removable
 * disks. initramfs/functions counts them in the same way.
 */
unsigned int block_devices_count_disks(const char *root);

/* Which devices are listed, and how; zeros: all, with digests. */
struct block_listing {
	dev_t except; /* 0: none */
	bool (*is_wanted)(const void *context, int fd, const char *path); /* NULL: all are */
	const void *context;
	bool without_digests;
	void (*unreadable)(const char *why); /* is told of each that cannot be read; may be NULL */
};

/* Lists every file system and swap area on these devices. What cannot be read is not there. */
struct error *block_devices_list(const struct block_listing *how, struct filesystem_list *ret_list);

#endif
