/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/digest_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "lib/base/memory.h"

_Static_assert(sizeof(XXH128_canonical_t) == DIGEST_READER_BYTES, "size of a digest");

void digest_reader_init(struct digest_reader *reader, int fd, const char *name, uint64_t device_bytes)
{
	*reader = (struct digest_reader){ fd, name, device_bytes, xaligned(64, sizeof(XXH3_state_t)) };
	XXH3_128bits_reset(reader->state);
}

void digest_reader_deinit(struct digest_reader *reader)
{
	free(reader->state);
	*reader = (struct digest_reader){ .fd = -1 };
}

static struct error *read_exactly(const struct digest_reader *reader, uint64_t offset, uint8_t *to, size_t size)
{
	while (size) {
		ssize_t got = TEMP_FAILURE_RETRY(pread(reader->fd, to, size, (off_t)offset));

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
	return offset <= reader->end && reader->end - offset >= size ? read_exactly(reader, offset, ret, size) : NULL;
}

struct error *digest_reader_add(const struct digest_reader *reader, uint64_t offset, uint64_t size)
{
	uint8_t block[64 * 1024];
	uint64_t start = offset < reader->end ? offset : reader->end;
	uint64_t end = size < reader->end - start ? start + size : reader->end;
	uint64_t where[2] = { start, end };

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
	/* If it does not work, reading only takes longer. */
	(void)posix_fadvise(reader->fd, (off_t)offset, (off_t)size, POSIX_FADV_WILLNEED);
}
