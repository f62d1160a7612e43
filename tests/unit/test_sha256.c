/* SPDX-License-Identifier: GPL-2.0-only */
#include "sha256_fast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static const char *hex_of(const uint8_t digest[SHA256_DIGEST_BYTES])
{
	static char hex[2 * SHA256_DIGEST_BYTES + 1];

	for (size_t i = 0; i < SHA256_DIGEST_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return hex;
}

static const char *digest_of(const void *data, size_t size_bytes)
{
	struct sha256 sha;
	uint8_t digest[SHA256_DIGEST_BYTES];

	sha256_init(&sha);
	sha256_update(&sha, data, size_bytes);
	sha256_final(&sha, digest);
	return hex_of(digest);
}

/* The examples of FIPS 180-2, appendix B, and the empty message. */
static void test_published_vectors(void)
{
	static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

	is_text(digest_of("", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"the empty message");
	is_text(digest_of("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"\"abc\"");
	is_text(digest_of(two_blocks, strlen(two_blocks)),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "a message of two blocks");
}

static void test_million_in_chunks(size_t chunk)
{
	struct sha256 sha;
	uint8_t digest[SHA256_DIGEST_BYTES];
	char *text = malloc(chunk);
	size_t left = 1000000;

	memset(text, 'a', chunk);
	sha256_init(&sha);
	while (left) {
		size_t size = left < chunk ? left : chunk;

		sha256_update(&sha, text, size);
		left -= size;
	}
	sha256_final(&sha, digest);
	is_text(hex_of(digest), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
		"a million times \"a\" in chunks of %zu", chunk);
	free(text);
}

/* Digests of 0, 1, 2, … bytes, digested together: every padding length, checked against sha256sum. */
static void test_every_length(void)
{
	struct sha256 all;
	uint8_t message[260], digest[SHA256_DIGEST_BYTES];

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)(i * 7);
	sha256_init(&all);
	for (size_t length = 0; length < sizeof(message); length++) {
		struct sha256 sha;

		sha256_init(&sha);
		sha256_update(&sha, message, length);
		sha256_final(&sha, digest);
		sha256_update(&all, digest, sizeof(digest));
	}
	sha256_final(&all, digest);
	is_text(hex_of(digest), "6ad25299ad8685c24624a03a63f9b8be1d6886cc06667fdc48010505a489b8ef", "messages of 0 to 259 bytes");
}

/* A message cut in three at all places gives the digest of the whole. */
static void test_every_split(void)
{
	uint8_t message[150];
	char whole[2 * SHA256_DIGEST_BYTES + 1];
	int differ = 0;

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)(i * 13 + 5);
	strcpy(whole, digest_of(message, sizeof(message)));
	for (size_t first = 0; first <= sizeof(message); first++) {
		for (size_t second = first; second <= sizeof(message); second++) {
			struct sha256 sha;
			uint8_t digest[SHA256_DIGEST_BYTES];

			sha256_init(&sha);
			sha256_update(&sha, message, first);
			sha256_update(&sha, message + first, second - first);
			sha256_update(&sha, message + second, sizeof(message) - second);
			sha256_final(&sha, digest);
			differ += strcmp(hex_of(digest), whole) != 0;
		}
	}
	is_u64((uint64_t)differ, 0, "a message of 150 bytes cut in three, at all places");
}

/* The processor's own instructions and the plain code, for all lengths and several blocks at once. */
static void test_fast_is_the_same(void)
{
	uint8_t message[1000], fast_digest[SHA256_DIGEST_BYTES], digest[SHA256_DIGEST_BYTES];
	int differ = 0;
	bool has_instructions = false;

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)(i * i + i / 3);
	for (size_t length = 0; length <= sizeof(message); length++) {
		struct sha256 fast, plain;

		has_instructions = sha256_init_fast(&fast);
		sha256_init(&plain);
		sha256_update(&fast, message, length / 3);
		sha256_update(&fast, message + length / 3, length - length / 3);
		sha256_update(&plain, message, length);
		sha256_final(&fast, fast_digest);
		sha256_final(&plain, digest);
		differ += memcmp(fast_digest, digest, sizeof(digest)) != 0;
	}
	is_u64((uint64_t)differ, 0, "the fast digest is the plain one, messages of 0 to 1000 bytes (SHA instructions: %s)",
	       has_instructions ? "yes" : "none here, the plain code twice");
}

/* The striped digest of `size` bytes, handed over in pieces of `piece` bytes. */
static bool striped_digest_of(const uint8_t *message, size_t size, size_t piece, enum sha256_speed speed,
			      uint8_t ret_digest[SHA256_DIGEST_BYTES])
{
	struct striped_digest digest;
	bool can = striped_digest_init_with(&digest, speed);

	for (size_t at = 0; at < size; at += piece)
		striped_digest_update(&digest, message + at, size - at < piece ? size - at : piece);
	striped_digest_final(&digest, ret_digest);
	return can;
}

/* What striped_digest.h says, done by hand: stripe i goes to sum i modulo 4. */
static void striped_by_definition(const uint8_t *message, size_t size, uint8_t ret_digest[SHA256_DIGEST_BYTES])
{
	uint8_t sums[4][SHA256_DIGEST_BYTES];
	struct sha256 sha;

	for (size_t lane = 0; lane < 4; lane++) {
		sha256_init(&sha);
		for (size_t at = lane * 4096; at < size; at += (size_t)4 * 4096)
			sha256_update(&sha, message + at, size - at < 4096 ? size - at : 4096);
		sha256_final(&sha, sums[lane]);
	}
	sha256_init(&sha);
	sha256_update(&sha, sums, sizeof(sums));
	sha256_final(&sha, ret_digest);
}

static void test_striped(void)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 16383, 16384, 16385, 20000, 49152, 70001 };
	static const size_t pieces[] = { 1000, 4096, 16384, 20480, 100000 };
	static const char *const names[] = { "plain", "SSE2", "SHA instructions" };
	static uint8_t message[70001];
	uint8_t wanted[SHA256_DIGEST_BYTES], got[SHA256_DIGEST_BYTES];

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)(i * 31 + i / 257);
	for (enum sha256_speed speed = SHA256_PLAIN; speed <= SHA256_SHA; speed++) {
		int differ = 0;
		bool can = true;

		for (size_t size = 0; size < sizeof(sizes) / sizeof(sizes[0]); size++) {
			striped_by_definition(message, sizes[size], wanted);
			for (size_t piece = 0; piece < sizeof(pieces) / sizeof(pieces[0]); piece++) {
				can = striped_digest_of(message, sizes[size], pieces[piece], speed, got);
				differ += memcmp(got, wanted, sizeof(got)) != 0;
			}
		}
		is_u64((uint64_t)differ, 0, "the striped digest in any sizes and pieces: %s%s", names[speed],
		       can ? "" : " (not on this processor)");
	}
}

int main(void)
{
	test_published_vectors();
	test_million_in_chunks(1000000);
	test_million_in_chunks(4096);
	test_million_in_chunks(63);
	test_million_in_chunks(65);
	test_million_in_chunks(1);
	test_every_length();
	test_every_split();
	test_fast_is_the_same();
	test_striped();
	return tap_done();
}
