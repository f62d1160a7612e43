/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The blocks of a file on its block device, by the kernel's FIEMAP (Documentation/filesystems/fiemap.rst), and files
 * made for that. Only of file systems that leave them where they are, and where one block belongs to one file only.
 */
#ifndef KJ_FILE_BLOCKS_H
#define KJ_FILE_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/base/extents.h"

/*
 * The blocks of the file at `path`, in order, cut to multiples of EXTENT_ALIGN_BYTES on the device; and the number of
 * that device. Errors: no regular file; no block device below it; a file system or a file of which the blocks cannot be
 * used, with the remedy.
 */
struct error *file_blocks_find(const char *path, struct extents *ret_blocks, dev_t *ret_device);

/*
 * Makes a file of that size without holes, for its owner only, and its folder; flushed. Errors: it exists; no room,
 * with the numbers; the file system cannot. Nothing is left then.
 */
struct error *file_blocks_make(const char *path, uint64_t size_bytes);

/*
 * Gives a file of file_blocks_make this size, flushed, and makes it immutable again: without holes, and what is beyond
 * the end is free. The blocks of what stays do not move. Errors: as file_blocks_make; the file system is read-only.
 */
struct error *file_blocks_resize(const char *path, uint64_t size_bytes);

/*
 * Makes the file immutable (chattr(1), i): it is not removed or moved by mistake. A file that gets the blocks of a
 * removed one could have a forged snapshot in it. False if the file system has no such attribute.
 */
bool file_blocks_protect(const char *path);

#endif
