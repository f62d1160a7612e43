/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Borrowed bytes: a pointer and a size, not owned, with bounds-checked
 * little-endian access. Every parser reads through these.
 */
#ifndef KJ_BYTES_H
#define KJ_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *data;
	size_t size; /* bytes */
};

/* True if [offset, offset + size) lies within. Never overflows. */
static inline bool bytes_contain(struct bytes bytes, uint64_t offset, uint64_t size)
{
	return offset <= bytes.size && size <= bytes.size - offset;
}

/* The part [offset, offset + size); false, and *ret_part untouched, if it does not lie within. */
static inline bool bytes_part(struct bytes bytes, uint64_t offset, uint64_t size, struct bytes *ret_part)
{
	if (!bytes_contain(bytes, offset, size))
		return false;
	/* Empty bytes may have no data, and NULL + 0 is not defined. */
	*ret_part = (struct bytes){ bytes.data ? bytes.data + offset : NULL, (size_t)size };
	return true;
}

/* x86 and the file formats are little endian; memcpy makes unaligned loads and stores defined. */
static inline uint16_t load_u16(const void *from)
{
	uint16_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static inline uint32_t load_u32(const void *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static inline uint64_t load_u64(const void *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static inline void store_u16(void *to, uint16_t value)
{
	memcpy(to, &value, sizeof(value));
}

static inline void store_u32(void *to, uint32_t value)
{
	memcpy(to, &value, sizeof(value));
}

static inline void store_u64(void *to, uint64_t value)
{
	memcpy(to, &value, sizeof(value));
}

/* These return 0 for bytes outside: for callers that have checked the bounds, or take 0 as "absent". */
static inline uint16_t bytes_u16(struct bytes bytes, uint64_t offset)
{
	return bytes_contain(bytes, offset, 2) ? load_u16(bytes.data + offset) : 0;
}

static inline uint32_t bytes_u32(struct bytes bytes, uint64_t offset)
{
	return bytes_contain(bytes, offset, 4) ? load_u32(bytes.data + offset) : 0;
}

static inline uint64_t bytes_u64(struct bytes bytes, uint64_t offset)
{
	return bytes_contain(bytes, offset, 8) ? load_u64(bytes.data + offset) : 0;
}

#endif
