/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a large file or device once, past the page cache, which would take memory for data that is not read again. What
 * the cache has already is read from there. Any number of threads may read at the same time.
 */
#ifndef KJ_DIRECT_FILE_H
#define KJ_DIRECT_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "lib/base/error.h"
#include "lib/base/extents.h"

/* The largest sector size of a disk. */
#define DIRECT_BLOCK_BYTES 4096u

/* The most bytes in one read. */
#define DIRECT_READ_BYTES ((512u << 10) + 2 * DIRECT_BLOCK_BYTES)

struct direct_file {
	const char *path; /* borrowed */
	int fd;           /* borrowed */
	const struct extents *extents; /* the parts of it that are read; borrowed */
	int direct_fd;    /* -1: the file system cannot read past the cache */
	atomic_bool is_refused; /* the device does not take such reads after all */
};

/*
 * `fd` is open for reading, `path` is for messages; offsets are those in its `extents`. A file that cannot be read past
 * the cache is dropped from it.
 */
void direct_file_init(struct direct_file *file, int fd, const struct extents *extents, const char *path);
void direct_file_deinit(struct direct_file *file);

/*
 * Reads from `offset` on into all parts, in order, which are written to. Offset, addresses and sizes are multiples of
 * DIRECT_BLOCK_BYTES, in all at most DIRECT_READ_BYTES. Error: fewer than `size` bytes can be read; the file may end
 * between these and the end of the parts.
 */
struct error *direct_file_read(struct direct_file *file, uint64_t offset, struct iovec *parts, size_t part_count,
			       size_t size);

#endif
