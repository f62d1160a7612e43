/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 (FIPS 180-4), plain C without a library: one source for the loader,
 * which computes the digest of what it loads, and for purgatory, which checks
 * it on the bare machine.
 */
#ifndef KJ_SHA256_H
#define KJ_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_DIGEST_BYTES 32
#define SHA256_BLOCK_BYTES 64

/* FIPS 180-4, 4.2.2 */
extern const uint32_t sha256_round_constants[64];

struct sha256 {
	uint32_t state[8];
	uint64_t size_bytes; /* of the message so far */
	uint8_t block[SHA256_BLOCK_BYTES]; /* its last size_bytes % 64 bytes */
	/* Adds `count` whole blocks to the state. */
	void (*add_blocks)(uint32_t state[8], const uint8_t *blocks, size_t count);
};

void sha256_init(struct sha256 *sha);

/* Adds `size_bytes` more bytes of the message; any number of calls, of any sizes, 0 included. */
void sha256_update(struct sha256 *sha, const void *data, size_t size_bytes);

/* The digest of all bytes added; `sha` is used up and may only be initialised again. */
void sha256_final(struct sha256 *sha, uint8_t ret_digest[SHA256_DIGEST_BYTES]);

#endif
