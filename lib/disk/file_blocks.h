/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The blocks of a file on its block device, by the kernel's FIEMAP (Documentation/filesystems/fiemap.rst) or FIBMAP,
 * and files made for that. Only of file systems that leave them where they are (file_kind.h), and where one block
 * belongs to one file only.
 */
#ifndef KJ_FILE_BLOCKS_H
#define KJ_FILE_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/disk_blocks.h"

/*
 * The blocks of the file at `path`, in order, cut to multiples of EXTENT_ALIGN_BYTES, on its device, or on several that
 * each have all of them. Errors: no regular file; no block device below it; a file system or a file of which the blocks
 * cannot be used, with the remedy.
 */
struct error *file_blocks_find(const char *path, struct disk_blocks *ret_blocks);

/*
 * Makes a file of that size without holes, for its owner only, and its folder; flushed. On FAT it is written. Errors:
 * it exists; no room, with the numbers; the file system cannot. Nothing is left then.
 */
struct error *file_blocks_make(const char *path, uint64_t size_bytes);

/*
 * Gives a file of file_blocks_make this size, flushed, and makes it immutable again: without holes, and what is beyond
 * the end is free. The blocks of what stays do not move. Errors: as file_blocks_make; the file system is read-only.
 */
struct error *file_blocks_resize(const char *path, uint64_t size_bytes);

/* Whether file_blocks_resize() of the file takes no more time for a larger one: not on FAT, where all is written. */
bool file_blocks_grow_at_once(const char *path);

/*
 * Makes the file immutable (chattr(1), i): it is not removed or moved by mistake. A file that gets the blocks of a
 * removed one could have a forged snapshot in it. False if the file system has no such attribute.
 */
bool file_blocks_protect(const char *path);

#endif
