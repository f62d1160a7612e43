/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a snapshot lies: a block device or file as a whole; or, by the name DEVICE@OFFSET, parts of a device, which the
 * map at that offset lists (storage_map.h): the blocks of a file, or a swap area behind its header. All programs read
 * and write snapshots through this. A file system that holds the file is not mounted for that, and may be mounted.
 *
 * DEVICE@OFFSET,DEVICE@OFFSET are mirrors, the parts of a RAID1 that is not assembled for that: each has a map of its
 * own. All are written; the first that has a map is read, and what it fails to read from the others (extents.h).
 */
#ifndef KJ_STORAGE_H
#define KJ_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/extents.h"
#include "lib/disk/storage_name.h"

struct storage {
	int fd;
	bool is_device;
	bool is_mapped;          /* only parts of it; its extents are not empty then */
	struct extents extents;
	uint64_t size_bytes;     /* UINT64_MAX: not known, a file that can grow */
	struct storage *mirrors; /* the others; owned */
	size_t mirror_count;
};

/*
 * How devices are opened: for writing they are held alone, which fails while a file system on them is mounted; not
 * parts of one on which others stand, that an initramfs has set up: LVM, encryption, RAID. STORAGE_SHARED opens parts
 * of one in any case.
 */
enum storage_use { STORAGE_READ, STORAGE_ALONE, STORAGE_SHARED };

/*
 * Opens `name`. With STORAGE_READ for reading, anything; else with `access` (O_WRONLY, O_RDWR) and `file_flags`
 * (O_CREAT, for regular files). Errors: as open(2); in use, read-only; no map at that offset (errno ENODATA), a damaged
 * one. Of mirrors one map is enough: those without one that can be read are left out.
 */
struct error *storage_open(struct storage *storage, const char *name, enum storage_use use, int access, int file_flags);

/* Closes it; an error of close(2) with its name. */
struct error *storage_close(struct storage *storage, const char *name);

/* Of a file that is open already and is used as a whole. Not closed by storage_close. */
static inline struct storage storage_of_file(int fd)
{
	return (struct storage){ .fd = fd, .size_bytes = UINT64_MAX };
}

/* As pwrite(2), to all mirrors, and at most to the end of a part; behind the last one: ENOSPC. */
ssize_t storage_pwrite(const struct storage *storage, const void *from, size_t size, uint64_t at);

/* As fsync(2), of all mirrors. */
int storage_flush(const struct storage *storage);

/* All of a block device, in whole blocks. */
struct error *storage_whole_device(const char *path, struct extent *ret_whole);

/*
 * What is in the first page at the offset of an open device: a file's map, or a swap area that holds a snapshot or is
 * as mkswap left it.
 */
enum storage_head { STORAGE_HEAD_NONE, STORAGE_HEAD_MAP, STORAGE_HEAD_SWAP, STORAGE_HEAD_HELD_SWAP };
struct error *storage_read_head(int fd, const char *name, uint64_t offset, enum storage_head *ret_head);

/*
 * Of all blocks that a snapshot may have, `blocks`, those that are left for it behind the map, which is to begin after
 * `head_bytes` (a swap area's first page; else 0). *ret_map_offset: where the map begins. Error: too many pieces for
 * the first of them.
 */
struct error *storage_lay_out(const struct extents *blocks, uint64_t head_bytes, const char *name,
			      uint64_t *ret_map_offset, struct extents *ret_extents);

/*
 * Whether storage_lay_out() of the beginning of `blocks` gives the `extents` of a map. Blocks added behind do not change
 * that, even if there are so many that a map of all would be larger.
 */
bool storage_begins_with(const struct extents *blocks, uint64_t head_bytes, const struct extents *extents);

/* Writes the map to the device open as `fd`, flushed. `covered`: as of storage_map_build(). */
struct error *storage_write_map(int fd, const char *name, uint64_t map_offset, const struct extents *extents,
				const uint8_t *covered);

/* Reads STORAGE_SIGNATURE_BYTES that the map at the offset has kept of a swap area. Errors: as of storage_open(). */
struct error *storage_read_covered(int fd, const char *name, uint64_t map_offset, uint8_t *ret_covered);

#endif
