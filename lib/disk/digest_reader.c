/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/digest_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "lib/base/alloc.h"
#include "lib/base/read_again.h"
#include "lib/base/retry.h"

_Static_assert(sizeof(XXH128_canonical_t) == DIGEST_READER_BYTES, "size of a digest");

void digest_reader_init(struct digest_reader *reader, int fd, const char *name, uint64_t device_bytes)
{
	*reader = (struct digest_reader){ .fd = fd, .name = name, .end = device_bytes,
					  .state = xaligned(64, sizeof(XXH3_state_t)) };
	XXH3_128bits_reset(reader->state);
}

void digest_reader_deinit(struct digest_reader *reader)
{
	free(reader->state);
	*reader = (struct digest_reader){ .fd = -1 };
}

#define SECTOR_BYTES 512

void digest_ranges_deinit(struct digest_ranges *ranges)
{
	free(ranges->items);
	*ranges = (struct digest_ranges){ 0 };
}

static void note_range(const struct digest_reader *reader, uint64_t start, uint64_t end)
{
	struct digest_ranges *ranges = reader->ranges;

	if (!ranges || start >= end)
		return;
	ranges->items = xgrow(ranges->items, &ranges->capacity, ranges->count + 1, sizeof(*ranges->items));
	ranges->items[ranges->count++] = (struct digest_range){ start, end };
}

static int by_start(const void *a, const void *b)
{
	const struct digest_range *first = a, *second = b;

	return (first->start > second->start) - (first->start < second->start);
}

void digest_ranges_tidy(struct digest_ranges *ranges)
{
	size_t count = 0;

	for (size_t i = 0; i < ranges->count; i++) {
		ranges->items[i].start -= ranges->items[i].start % SECTOR_BYTES;
		ranges->items[i].end += -ranges->items[i].end % SECTOR_BYTES;
	}
	if (ranges->count)
		qsort(ranges->items, ranges->count, sizeof(*ranges->items), by_start);
	for (size_t i = 0; i < ranges->count; i++) {
		struct digest_range range = ranges->items[i];

		if (count && range.start <= ranges->items[count - 1].end) {
			if (range.end > ranges->items[count - 1].end)
				ranges->items[count - 1].end = range.end;
		} else {
			ranges->items[count++] = range;
		}
	}
	ranges->count = count;
}

static struct error *read_exactly(const struct digest_reader *reader, uint64_t offset, uint8_t *to, size_t size)
{
	struct read_tries tries = { 0 };

	while (size) {
		ssize_t got = TEMP_FAILURE_RETRY(pread(reader->fd, to, size, (off_t)offset));

		if (got < 0 && read_again(&tries))
			continue;
		if (got < 0)
			return error_errno(errno, "cannot read %zu bytes at offset %" PRIu64 " of %s", size, offset,
					   reader->name);
		if (!got)
			return error_new("%s ends before offset %" PRIu64, reader->name, offset + size);
		to += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return NULL;
}

struct error *digest_reader_read(const struct digest_reader *reader, uint64_t offset, uint8_t *ret, size_t size)
{
	memset(ret, 0, size);
	if (offset <= reader->end && reader->end - offset >= size)
		note_range(reader, offset, offset + size);
	return offset <= reader->end && reader->end - offset >= size ? read_exactly(reader, offset, ret, size) : NULL;
}

struct error *digest_reader_add(const struct digest_reader *reader, uint64_t offset, uint64_t size)
{
	uint8_t block[64 * 1024];
	uint64_t start = offset < reader->end ? offset : reader->end;
	uint64_t end = size < reader->end - start ? start + size : reader->end;
	uint64_t where[2] = { start, end };

	note_range(reader, start, end);
	/* Only the places are collected, without reading: swap is digested in thousands of places. */
	if (reader->ranges)
		return NULL;
	XXH3_128bits_update(reader->state, where, sizeof(where));
	while (start < end) {
		size_t part = end - start < sizeof(block) ? (size_t)(end - start) : sizeof(block);
		struct error *error = read_exactly(reader, start, block, part);

		if (error)
			return error;
		XXH3_128bits_update(reader->state, block, part);
		start += part;
	}
	return NULL;
}

void digest_reader_add_number(const struct digest_reader *reader, uint32_t number)
{
	XXH3_128bits_update(reader->state, &number, sizeof(number));
}

void digest_reader_result(const struct digest_reader *reader, uint8_t ret_digest[DIGEST_READER_BYTES])
{
	XXH128_canonical_t digest;

	XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(reader->state));
	memcpy(ret_digest, digest.digest, sizeof(digest.digest));
}

void digest_reader_expect(const struct digest_reader *reader, uint64_t offset, size_t size)
{
	if (reader->ranges)
		return;
	/* If it fails, reading takes longer. */
	(void)posix_fadvise(reader->fd, (off_t)offset, (off_t)size, POSIX_FADV_WILLNEED);
}
