/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a file lies on disks, or a device on LVM, encryption or RAID1: as the kernel that has it mounted or set up knows it,
 * and all others have to be told.
 */
#ifndef KJ_WHEREABOUTS_H
#define KJ_WHEREABOUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/extents.h"

/* On one disk, which has all of the file, or a mirror of it. */
struct whereabouts_member {
	char *device; /* path of the block device, heap */
	char *name;   /* DEVICE@OFFSET, heap */
	struct extents blocks;
	struct extents parts; /* of the snapshot, behind the map */
	uint64_t offset, map_offset;
};

/* Zero-initialise. */
struct whereabouts {
	struct whereabouts_member *members;
	size_t count;
	char *name; /* of all members, heap */
	bool is_swap; /* a swap file or area, also while it holds a snapshot */
	bool is_encrypted; /* by a layer above the disk */
};

void whereabouts_deinit(struct whereabouts *where);
#define AUTO_WHEREABOUTS __attribute__((cleanup(whereabouts_deinit)))

/* Errors, with the remedy: the blocks are not known, or cannot be used (file_blocks.h, disk_blocks.h). */
struct error *whereabouts_find(const char *file, struct whereabouts *ret_where);

/*
 * Whether `device`, in any order, names all members and no other; else whereabouts_error_moved. `degraded`: it may name
 * others, disks that the array does not use now.
 */
struct error *whereabouts_check_name(const struct whereabouts *where, const char *file, const char *device, bool degraded);

/* What to do about a file that lies elsewhere. */
struct error *whereabouts_error_moved(const char *file);

/* The name of all members for another boot; heap. */
struct error *whereabouts_lasting_name(const struct whereabouts *where, char **ret_name);

#endif
