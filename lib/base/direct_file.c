/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/direct_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/span.h"

void direct_file_init(struct direct_file *file, int fd, const struct extents *extents, const char *path)
{
	char same[32];

	snprintf(same, sizeof(same), "/proc/self/fd/%d", fd);
	file->path = path;
	file->fd = fd;
	file->extents = extents;
	file->direct_fd = open(same, O_RDONLY | O_DIRECT | O_CLOEXEC);
	atomic_init(&file->is_refused, false);
}

void direct_file_deinit(struct direct_file *file)
{
	if (file->direct_fd >= 0)
		close(file->direct_fd);
}

/* Whether all of it is in the page cache. That of a device with a file system is not asked. */
static bool is_cached(const struct direct_file *file, uint64_t offset, size_t size)
{
	if (file->extents->count)
		return false;

	unsigned char states[DIRECT_READ_BYTES / PAGE_SIZE_BYTES];
	size_t count = (size + (size_t)PAGE_SIZE_BYTES - 1) / (size_t)PAGE_SIZE_BYTES;
	void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, file->fd, (off_t)offset);
	bool is_known = map != MAP_FAILED && !mincore(map, size, states);

	if (map != MAP_FAILED)
		munmap(map, size);
	for (size_t i = 0; is_known && i < count; i++)
		is_known = states[i] & 1;
	return is_known;
}

/* What is to be read yet, and how. */
struct reading {
	struct iovec *parts;
	size_t part_count;
	uint64_t offset;
	bool is_direct;
};

static void advance(struct reading *reading, size_t size)
{
	reading->offset += size;
	while (reading->part_count && size >= reading->parts->iov_len) {
		size -= reading->parts->iov_len;
		reading->parts++;
		reading->part_count--;
	}
	if (reading->part_count) {
		reading->parts->iov_base = (uint8_t *)reading->parts->iov_base + size;
		reading->parts->iov_len -= size;
	}
}

static ssize_t read_more(struct direct_file *file, struct reading *reading)
{
	int fd = reading->is_direct ? file->direct_fd : file->fd;
	ssize_t got = extents_preadv(file->extents, fd, reading->parts, reading->part_count, reading->offset);

	if (got >= 0) {
		advance(reading, (size_t)got);
		/* Only whole blocks can be read past the cache. */
		reading->is_direct &= (size_t)got % DIRECT_BLOCK_BYTES == 0;
	} else if (errno == EINVAL && reading->is_direct) {
		atomic_store(&file->is_refused, true);
		reading->is_direct = false;
		errno = EINTR;
	}
	return got;
}

struct error *direct_file_read(struct direct_file *file, uint64_t offset, struct iovec *parts, size_t part_count,
			       size_t size)
{
	bool can_be_direct = file->direct_fd >= 0 && !atomic_load(&file->is_refused);
	struct reading reading = { .parts = parts, .part_count = part_count, .offset = offset,
				   .is_direct = can_be_direct && !is_cached(file, offset, size) };

	while (reading.offset < offset + size) {
		ssize_t got = read_more(file, &reading);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(errno, "cannot read %zu bytes at offset 0x%" PRIx64 " of %s", size, offset,
					   file->path);
		if (!got)
			return error_new("%s is cut off: it ends before offset 0x%" PRIx64, file->path, offset + size);
	}
	if (!can_be_direct && !file->extents->count)
		posix_fadvise(file->fd, (off_t)offset, (off_t)size, POSIX_FADV_DONTNEED);
	return NULL;
}
