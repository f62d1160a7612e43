/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/extents.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/read_again.h"

void extents_deinit(struct extents *extents)
{
	for (size_t i = 0; i < extents->mirror_count; i++) {
		close(extents->mirrors[i].fd);
		extents_deinit(&extents->mirrors[i].extents);
	}
	free(extents->mirrors);
	free(extents->items);
	*extents = (struct extents){ 0 };
}

void extents_add(struct extents *extents, struct extent extent)
{
	struct extent *last = extents->count ? &extents->items[extents->count - 1] : NULL;

	if (!extent.size_bytes)
		return;
	if (last && last->offset + last->size_bytes == extent.offset) {
		last->size_bytes += extent.size_bytes;
		return;
	}
	extents->items = xgrow(extents->items, &extents->capacity, extents->count + 1, sizeof(*extents->items));
	extents->items[extents->count++] = extent;
}

void extents_add_beginning(struct extents *extents, const struct extents *from, uint64_t bytes)
{
	for (size_t i = 0; i < from->count && bytes; i++) {
		struct extent part = from->items[i];

		part.size_bytes = part.size_bytes < bytes ? part.size_bytes : bytes;
		extents_add(extents, part);
		bytes -= part.size_bytes;
	}
}

uint64_t extents_bytes(const struct extents *extents)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < extents->count; i++)
		sum += extents->items[i].size_bytes;
	return sum;
}

bool extents_equal(const struct extents *a, const struct extents *b)
{
	size_t i = 0;

	while (i < a->count && i < b->count && a->items[i].offset == b->items[i].offset &&
	       a->items[i].size_bytes == b->items[i].size_bytes)
		i++;
	return i == a->count && i == b->count;
}

uint64_t extents_find(const struct extents *extents, uint64_t at, uint64_t *ret_offset)
{
	*ret_offset = at;
	if (!extents->count)
		return UINT64_MAX - at;
	for (size_t i = 0; i < extents->count; i++) {
		const struct extent *extent = &extents->items[i];

		if (at < extent->size_bytes) {
			*ret_offset = extent->offset + at;
			return extent->size_bytes - at;
		}
		at -= extent->size_bytes;
	}
	return 0;
}

void extents_add_mirror(struct extents *extents, int fd, struct extents *mirror)
{
	extents->mirrors = xgrow(extents->mirrors, &extents->mirror_capacity, extents->mirror_count + 1,
				 sizeof(*extents->mirrors));
	extents->mirrors[extents->mirror_count++] = (struct extents_mirror){ .fd = fd, .extents = *mirror };
	*mirror = (struct extents){ 0 };
}

static ssize_t read_once(const struct extents *extents, int fd, void *to, size_t size, uint64_t at)
{
	uint64_t offset, here = extents_find(extents, at, &offset);
	ssize_t got = here ? pread(fd, to, size < here ? size : (size_t)here, (off_t)offset) : 0;

	for (size_t i = 0; got < 0 && errno == EIO && i < extents->mirror_count; i++)
		got = read_once(&extents->mirrors[i].extents, extents->mirrors[i].fd, to, size, at);
	return got;
}

ssize_t extents_pread(const struct extents *extents, int fd, void *to, size_t size, uint64_t at)
{
	struct read_tries tries = { 0 };
	ssize_t got;

	do
		got = read_once(extents, fd, to, size, at);
	while (got < 0 && read_again(&tries));
	return got;
}

ssize_t extents_pwrite(const struct extents *extents, int fd, const void *from, size_t size, uint64_t at)
{
	uint64_t offset, here = extents_find(extents, at, &offset);

	if (here)
		return pwrite(fd, from, size < here ? size : (size_t)here, (off_t)offset);
	errno = ENOSPC;
	return -1;
}

/* Reads into the first `size` bytes of the parts only. */
static ssize_t read_beginning(int fd, const struct iovec *parts, size_t part_count, uint64_t size, uint64_t offset)
{
	AUTO_FREE struct iovec *first = xcalloc(part_count, sizeof(*first));
	size_t count = 0;

	for (; size && count < part_count; count++) {
		first[count] = parts[count];
		if (first[count].iov_len > size)
			first[count].iov_len = (size_t)size;
		size -= first[count].iov_len;
	}
	return preadv(fd, first, (int)count, (off_t)offset);
}

static ssize_t readv_once(const struct extents *extents, int fd, const struct iovec *parts, size_t part_count,
			  uint64_t at)
{
	uint64_t offset, here = extents_find(extents, at, &offset);

	if (!extents->count)
		return preadv(fd, parts, (int)part_count, (off_t)offset);

	ssize_t got = here ? read_beginning(fd, parts, part_count, here, offset) : 0;

	for (size_t i = 0; got < 0 && errno == EIO && i < extents->mirror_count; i++)
		got = readv_once(&extents->mirrors[i].extents, extents->mirrors[i].fd, parts, part_count, at);
	return got;
}

ssize_t extents_preadv(const struct extents *extents, int fd, const struct iovec *parts, size_t part_count,
		       uint64_t at)
{
	struct read_tries tries = { 0 };
	ssize_t got;

	do
		got = readv_once(extents, fd, parts, part_count, at);
	while (got < 0 && read_again(&tries));
	return got;
}
