/* SPDX-License-Identifier: GPL-2.0-only */
#include "purgatory/xxh64.h"

static const uint64_t prime_1 = 0x9e3779b185ebca87, prime_2 = 0xc2b2ae3d27d4eb4f, prime_3 = 0x165667b19e3779f9,
		      prime_4 = 0x85ebca77c2b2ae63, prime_5 = 0x27d4eb2f165667c5;

static uint64_t rotate(uint64_t value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

/* Little endian, as everything on x86. */
static uint64_t load_64(const uint8_t *from)
{
	uint64_t value;

	__builtin_memcpy(&value, from, sizeof(value));
	return value;
}

static uint32_t load_32(const uint8_t *from)
{
	uint32_t value;

	__builtin_memcpy(&value, from, sizeof(value));
	return value;
}

static uint64_t add_word(uint64_t lane, uint64_t word)
{
	return rotate(lane + word * prime_2, 31) * prime_1;
}

/* Local copies of the lanes: the compiler keeps them in registers, of which there are only the general ones. */
static void add_stripes(uint64_t lanes[4], const uint8_t *from, size_t count)
{
	uint64_t a = lanes[0], b = lanes[1], c = lanes[2], d = lanes[3];

	for (; count; count--, from += XXH64_STRIPE_BYTES) {
		a = add_word(a, load_64(from));
		b = add_word(b, load_64(from + 8));
		c = add_word(c, load_64(from + 16));
		d = add_word(d, load_64(from + 24));
	}
	lanes[0] = a;
	lanes[1] = b;
	lanes[2] = c;
	lanes[3] = d;
}

void xxh64_init(struct xxh64 *digest)
{
	digest->lanes[0] = prime_1 + prime_2;
	digest->lanes[1] = prime_2;
	digest->lanes[2] = 0;
	digest->lanes[3] = 0 - prime_1;
	digest->size_bytes = 0;
}

void xxh64_update(struct xxh64 *digest, const void *data, size_t size_bytes)
{
	const uint8_t *from = data;
	size_t filled = digest->size_bytes % XXH64_STRIPE_BYTES, missing = XXH64_STRIPE_BYTES - filled;

	/* `data` may be NULL then. */
	if (!size_bytes)
		return;
	digest->size_bytes += size_bytes;
	if (filled && size_bytes >= missing) {
		__builtin_memcpy(digest->stripe + filled, from, missing);
		add_stripes(digest->lanes, digest->stripe, 1);
		from += missing;
		size_bytes -= missing;
		filled = 0;
	}
	if (!filled) {
		add_stripes(digest->lanes, from, size_bytes / XXH64_STRIPE_BYTES);
		from += size_bytes / XXH64_STRIPE_BYTES * XXH64_STRIPE_BYTES;
		size_bytes %= XXH64_STRIPE_BYTES;
	}
	__builtin_memcpy(digest->stripe + filled, from, size_bytes);
}

static uint64_t merge_lanes(const uint64_t lanes[4])
{
	static const uint8_t turns[4] = { 1, 7, 12, 18 };
	uint64_t sum = 0;

	for (unsigned int i = 0; i < 4; i++)
		sum += rotate(lanes[i], turns[i]);
	for (unsigned int i = 0; i < 4; i++)
		sum = (sum ^ add_word(0, lanes[i])) * prime_1 + prime_4;
	return sum;
}

/* The rest of the message, shorter than a stripe. */
static uint64_t add_rest(uint64_t sum, const uint8_t *from, size_t size_bytes)
{
	for (; size_bytes >= 8; from += 8, size_bytes -= 8)
		sum = rotate(sum ^ add_word(0, load_64(from)), 27) * prime_1 + prime_4;
	if (size_bytes >= 4) {
		sum = rotate(sum ^ load_32(from) * prime_1, 23) * prime_2 + prime_3;
		from += 4;
		size_bytes -= 4;
	}
	for (; size_bytes; from++, size_bytes--)
		sum = rotate(sum ^ *from * prime_5, 11) * prime_1;
	return sum;
}

uint64_t xxh64_value(const struct xxh64 *digest)
{
	uint64_t sum = digest->size_bytes < XXH64_STRIPE_BYTES ? prime_5 : merge_lanes(digest->lanes);

	sum = add_rest(sum + digest->size_bytes, digest->stripe, digest->size_bytes % XXH64_STRIPE_BYTES);
	sum = (sum ^ sum >> 33) * prime_2;
	sum = (sum ^ sum >> 29) * prime_3;
	return sum ^ sum >> 32;
}
