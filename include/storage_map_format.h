/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The map of a snapshot that lies in a file's blocks: which parts of the block device it consists of. B and C know
 * device and offset only, mount nothing, and set up no LVM, RAID or encryption. doc/khimage.md explains it.
 *
 *   offset             the map, if it begins with its magic; or a swap area's header with STORAGE_HELD_SIGNATURE, which
 *                      the kernel never overwrites with a page of a program, and behind it the map
 *   behind the map     the first part of the khimage
 *
 * Little endian.
 */
#ifndef KJ_STORAGE_MAP_FORMAT_H
#define KJ_STORAGE_MAP_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define STORAGE_MAP_MAGIC "KHEXTNT"
#define STORAGE_MAP_VERSION 2u
#define STORAGE_BLOCK_BYTES 4096u
#define STORAGE_MAP_MAX_BYTES (1u << 20)

/* The last bytes of the first page of a swap area (include/linux/swap.h, union swap_header). */
#define STORAGE_SIGNATURE_BYTES 10u
#define STORAGE_SIGNATURE_OFFSET (STORAGE_BLOCK_BYTES - STORAGE_SIGNATURE_BYTES)
#define STORAGE_SWAP_SIGNATURE "SWAPSPACE2"
/* No kernel and no swapon takes this one; libblkid shows UUID and label all the same, and the type swsuspend. */
#define STORAGE_HELD_SIGNATURE "LINHIB0001"

struct storage_map {
	char magic[8];         /* STORAGE_MAP_MAGIC with its NUL */
	uint32_t version;
	uint32_t map_bytes;    /* of the map with its extents, rounded up to blocks */
	uint64_t offset;       /* where it begins; a copy elsewhere is no map */
	uint64_t extent_count;
	uint8_t covered[16];   /* of a swap area: the STORAGE_SIGNATURE_BYTES that STORAGE_HELD_SIGNATURE covers; else zeros */
	uint64_t digest;       /* XXH3, 64 bits, seed 0, of all fields before it and of the extents */
};

/* Behind the map, one after the other; multiples of STORAGE_BLOCK_BYTES. */
struct storage_map_extent {
	uint64_t offset;       /* on the device */
	uint64_t size_bytes;
};

_Static_assert(sizeof(struct storage_map) == 56 && offsetof(struct storage_map, digest) == 48, "the form on the disk");

#endif
