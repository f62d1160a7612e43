/* SPDX-License-Identifier: GPL-2.0-only */
/* Our XXH64 beside the library's. */
#include "purgatory/xxh64.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "tests/tap.h"

#define MESSAGE_BYTES 300

static void fill(uint8_t *message, size_t size_bytes)
{
	uint32_t state = 12345;

	for (size_t i = 0; i < size_bytes; i++) {
		state = state * 1664525 + 1013904223;
		message[i] = (uint8_t)(state >> 24);
	}
}

static uint64_t digest_of(const void *data, size_t size_bytes)
{
	struct xxh64 digest;

	xxh64_init(&digest);
	xxh64_update(&digest, data, size_bytes);
	return xxh64_value(&digest);
}

/* The value that xxHash's own sanity check has for no bytes and no seed. */
static void test_published_vector(void)
{
	is_u64(digest_of("", 0), 0xef46db3751d8e999, "the empty message");
}

static void test_every_length(void)
{
	unsigned int differ = 0;

	for (size_t length = 0; length <= MESSAGE_BYTES; length++) {
		/* Exactly as long, so that a sanitizer sees a byte too many. */
		uint8_t *message = malloc(length + 1);

		fill(message + 1, length);
		differ += digest_of(message + 1, length) != XXH64(message + 1, length, 0);
		free(message);
	}
	is_u64(differ, 0, "0 to %d bytes, at an odd address, as the library has it", MESSAGE_BYTES);
}

static void test_every_split(void)
{
	uint8_t message[MESSAGE_BYTES];
	unsigned int differ = 0;

	fill(message, sizeof(message));
	for (size_t first = 0; first <= 100; first++) {
		for (size_t second = 0; second <= 100; second++) {
			struct xxh64 digest;

			xxh64_init(&digest);
			xxh64_update(&digest, message, first);
			xxh64_update(&digest, message + first, second);
			xxh64_update(&digest, message + first + second, sizeof(message) - first - second);
			differ += xxh64_value(&digest) != XXH64(message, sizeof(message), 0);
		}
	}
	is_u64(differ, 0, "in three pieces of any sizes");
}

static void test_large(void)
{
	size_t size_bytes = (size_t)5 << 20;
	uint8_t *message = malloc(size_bytes);

	fill(message, size_bytes);
	is_u64(digest_of(message, size_bytes), XXH64(message, size_bytes, 0), "5 MiB");
	free(message);
}

static void test_every_bit_counts(void)
{
	uint8_t message[MESSAGE_BYTES];
	unsigned int same = 0;

	fill(message, sizeof(message));
	uint64_t digest = digest_of(message, sizeof(message));

	for (size_t bit = 0; bit < sizeof(message) * 8; bit++) {
		message[bit / 8] = (uint8_t)(message[bit / 8] ^ 1u << bit % 8);
		same += digest_of(message, sizeof(message)) == digest;
		message[bit / 8] = (uint8_t)(message[bit / 8] ^ 1u << bit % 8);
	}
	is_u64(same, 0, "a changed bit, wherever it is, changes the digest");
}

int main(void)
{
	test_published_vector();
	test_every_length();
	test_every_split();
	test_large();
	test_every_bit_counts();
	return tap_done();
}
