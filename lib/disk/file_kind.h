/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which file systems leave the blocks of a file where they are, what a file needs for that, and how they are found.
 *
 * Sources: the kernel's Documentation/filesystems/f2fs.rst, include/uapi/linux/f2fs.h (F2FS_IOC_SET_PIN_FILE);
 * ioctl_iflags(2) (FS_NOCOW_FL).
 */
#ifndef KJ_FILE_KIND_H
#define KJ_FILE_KIND_H

#include "lib/base/error.h"

enum file_kind {
	FILE_KIND_PLAIN, /* ext4, XFS */
	FILE_KIND_F2FS,  /* cleaning up moves blocks, but those of a pinned file */
	FILE_KIND_FAT,   /* knows no holes, and no blocks that were never written */
	FILE_KIND_BTRFS, /* a write takes new blocks, unless the file is without copy-on-write */
};

/* Error: its files cannot be used, with the reason and the remedy. */
struct error *file_kind_find(int fd, const char *path, enum file_kind *ret_kind);

/* Of an empty file that is open for writing: its blocks are to stay. Errors: the file system cannot do that. */
struct error *file_kind_keep(enum file_kind kind, int fd, const char *path);

/*
 * Of a file that has blocks: they stay. A file on f2fs is pinned by this, as the file system does not tell whether it
 * is. Errors, with the remedy: they do not.
 */
struct error *file_kind_check(enum file_kind kind, int fd, const char *path);

#endif
