/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads places of a device, and digests them; for filesystem_digest.h. */
#ifndef KJ_DIGEST_READER_H
#define KJ_DIGEST_READER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

#define DIGEST_READER_BYTES 16

/* Parts of a device, bytes. Zero-initialise. */
struct digest_ranges {
	struct digest_range {
		uint64_t start, end;
	} *items;
	size_t count, capacity;
};

void digest_ranges_deinit(struct digest_ranges *ranges);
#define AUTO_DIGEST_RANGES __attribute__((cleanup(digest_ranges_deinit)))

/* Expands the ranges to whole sectors, sorted and disjoint: the unit in which an encrypted device changes. */
void digest_ranges_tidy(struct digest_ranges *ranges);

struct digest_reader {
	int fd;           /* borrowed */
	const char *name; /* for messages; borrowed */
	uint64_t end;     /* of the device, bytes */
	void *state;      /* heap: an XXH3_state_t */
	struct digest_ranges *ranges; /* borrowed; NULL, or gets each digested part, which is not read then */
};

void digest_reader_init(struct digest_reader *reader, int fd, const char *name, uint64_t device_bytes);
void digest_reader_deinit(struct digest_reader *reader);
#define AUTO_DIGEST_READER __attribute__((cleanup(digest_reader_deinit)))

/* Reads [offset, offset + size); zeros if the device ends before that. Errors: reading. */
struct error *digest_reader_read(const struct digest_reader *reader, uint64_t offset, uint8_t *ret, size_t size);

/* Digests [offset, offset + size) up to the device's end, and the offset itself. Errors: reading. */
struct error *digest_reader_add(const struct digest_reader *reader, uint64_t offset, uint64_t size);

/* Digests a number that was read. */
void digest_reader_add_number(const struct digest_reader *reader, uint32_t number);

/* The digest of all added parts: XXH3 with 128 bits, big endian. */
void digest_reader_result(const struct digest_reader *reader, uint8_t ret_digest[DIGEST_READER_BYTES]);

/* Announces to the kernel that these bytes will be read soon, so that a disk can work on many places at once. */
void digest_reader_expect(const struct digest_reader *reader, uint64_t offset, size_t size);

#endif
