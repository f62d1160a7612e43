/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parts of a device, one after the other, as one sequence of bytes: how a snapshot lies in a file's blocks. Without
 * parts it is the file or device as it is. Reads and writes never leave the parts.
 */
#ifndef KJ_EXTENTS_H
#define KJ_EXTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Positions are aligned to this, so that direct reads and writes of blocks never cross an end. */
#define EXTENT_ALIGN_BYTES 4096u

struct extent {
	uint64_t offset; /* on the device */
	uint64_t size_bytes;
};

struct extents_mirror;

/* Zero-initialise: no parts. */
struct extents {
	struct extent *items; /* owned */
	size_t count, capacity;
	struct extents_mirror *mirrors; /* owned */
	size_t mirror_count, mirror_capacity;
};

/* The same bytes on another device, which are read where this one fails to. */
struct extents_mirror {
	int fd; /* owned */
	struct extents extents;
};

/* Takes ownership of both; *mirror is empty then. */
void extents_add_mirror(struct extents *extents, int fd, struct extents *mirror);

void extents_deinit(struct extents *extents);
#define AUTO_EXTENTS __attribute__((cleanup(extents_deinit)))

/* Appends one; one that continues the last is joined with it. An empty one is ignored. */
void extents_add(struct extents *extents, struct extent extent);

/* Appends the first `bytes` of `from`, as far as it reaches. */
void extents_add_beginning(struct extents *extents, const struct extents *from, uint64_t bytes);

/* The sum of the sizes; 0 without parts. */
uint64_t extents_bytes(const struct extents *extents);

bool extents_equal(const struct extents *a, const struct extents *b);

/*
 * Where the byte `at` of the sequence lies on the device, and how many bytes follow there without a gap; 0: it is
 * behind the end. Without parts the position is the same, and the number has no limit.
 */
uint64_t extents_find(const struct extents *extents, uint64_t at, uint64_t *ret_offset);

/*
 * As pread(2), pwrite(2) and preadv(2), and at most to the end of a part; writing behind the last one fails: ENOSPC. What
 * cannot be read (EIO) is read from a mirror; none of these is written.
 */
ssize_t extents_pread(const struct extents *extents, int fd, void *to, size_t size, uint64_t at);
ssize_t extents_pwrite(const struct extents *extents, int fd, const void *from, size_t size, uint64_t at);
ssize_t extents_preadv(const struct extents *extents, int fd, const struct iovec *parts, size_t part_count,
		       uint64_t at);

#endif
