/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XXH64 (the specification in xxHash's doc/xxhash_spec.md, seed 0): one source
 * for the loader, which digests what it loads, and for purgatory, which checks
 * it on the bare machine with general registers only. It detects a stray write or
 * a bad memory cell. It does not protect against an attacker with write access to
 * that memory: such an attacker can also change the digest, of whatever kind.
 * So a fast digest is enough: SHA-256 takes twenty times as long.
 */
#ifndef KJ_XXH64_H
#define KJ_XXH64_H

#include <stddef.h>
#include <stdint.h>

#define XXH64_STRIPE_BYTES 32

struct xxh64 {
	uint64_t lanes[4];
	uint64_t size_bytes; /* of the message so far */
	uint8_t stripe[XXH64_STRIPE_BYTES]; /* its last size_bytes % 32 bytes */
};

void xxh64_init(struct xxh64 *digest);

/* Adds `size_bytes` more bytes of the message; any number of calls, of any sizes, 0 included. */
void xxh64_update(struct xxh64 *digest, const void *data, size_t size_bytes);

/* The digest of all bytes added so far; more may follow. */
uint64_t xxh64_value(const struct xxh64 *digest);

#endif
