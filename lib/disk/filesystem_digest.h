/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Detects whether a file system or swap area was written to: by a digest of the
 * few places that change with every mount or write, not of its content.
 *
 *	ext2, ext3, ext4, jbd   the superblock: mount count, times, state
 *	xfs                     the first 4 KiB, and the place in the log up to which it is written
 *	btrfs                   the superblock: its generation
 *	vfat                    boot sector, FSInfo, and the first table of clusters
 *	exfat                   the same, the map of clusters in use, and the root folder's beginning
 *	ntfs                    the table of files, the log and the maps of what is in use, each in part (ntfs_digest.h)
 *	f2fs                    superblocks and checkpoints, the first 8 MiB
 *	swap                    the first MiB, and a page of every MiB; from 4 GiB on a page of every third, and so on
 *	anything else           the first 64 KiB, and the 4 KiB where libblkid found its magic
 *
 * At most 25 MiB are read, of any type. A write to other places only is not detected: a file overwritten in place on
 * vfat or exfat; a file far behind the first on a large ntfs, with a driver that does not write the log; a few MiB of
 * a large swap area.
 */
#ifndef KJ_FILESYSTEM_DIGEST_H
#define KJ_FILESYSTEM_DIGEST_H

#include <stdint.h>

#include "include/kjump_filesystems_note.h"
#include "lib/base/error.h"
#include "lib/disk/digest_reader.h"

/*
 * Reads and digests the places of this type from `fd`, a device or a file of
 * `device_bytes`, called `name` in messages. `magic_offset` is the offset of the
 * type's magic by libblkid, 0 if unknown. Places beyond the end of the device
 * are skipped. Errors: reading.
 */
struct error *filesystem_digest(int fd, const char *name, const char *type, uint64_t device_bytes,
				uint64_t magic_offset, uint8_t ret_digest[KJUMP_FILESYSTEM_DIGEST_BYTES]);

/* The parts of the device that are digested, and those that contain their offsets: whole sectors, in order. */
struct error *filesystem_digest_ranges(int fd, const char *name, const char *type, uint64_t device_bytes,
				       uint64_t magic_offset, struct digest_ranges *ret_ranges);

#endif
