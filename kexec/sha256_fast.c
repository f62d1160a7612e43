/* SPDX-License-Identifier: GPL-2.0-only */
/* The SHA extensions: Intel SDM vol. 2, SHA256RNDS2, SHA256MSG1 and SHA256MSG2. */
#include "sha256_fast.h"

#include <cpuid.h>
#include <immintrin.h>

/* CPUID.1:EDX, CPUID.1:ECX and CPUID.7.0:EBX, Intel SDM vol. 2, CPUID */
#define HAS_SSE2 (1u << 26)
#define HAS_SSSE3 (1u << 9)
#define HAS_SSE4_1 (1u << 19)
#define HAS_SHA (1u << 29)

static bool has_sha_instructions(void)
{
	unsigned int a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & HAS_SSSE3) || !(c & HAS_SSE4_1))
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & HAS_SHA);
}

/*
 * Sixteen steps of four rounds. The instructions keep the eight variables as two words of four, and w
 * holds the last sixteen message words, four in each; what a step no longer needs the next ones
 * overwrite.
 */
__attribute__((target("sha,sse4.1"))) static void add_blocks(uint32_t state[8], const uint8_t *blocks, size_t count)
{
	const __m128i byte_order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
	__m128i abef = _mm_set_epi32((int)state[0], (int)state[1], (int)state[4], (int)state[5]);
	__m128i cdgh = _mm_set_epi32((int)state[2], (int)state[3], (int)state[6], (int)state[7]);
	uint32_t words[8];

	for (; count; count--, blocks += SHA256_BLOCK_BYTES) {
		__m128i abef_before = abef, cdgh_before = cdgh, w[4];

#pragma GCC unroll 4
		for (unsigned int i = 0; i < 4; i++)
			w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)blocks + i), byte_order);
#pragma GCC unroll 16
		for (unsigned int i = 0; i < 16; i++) {
			__m128i *now = &w[i % 4], last = w[(i + 3) % 4];

			if (i >= 4)
				*now = _mm_sha256msg2_epu32(
					_mm_add_epi32(_mm_sha256msg1_epu32(*now, w[(i + 1) % 4]),
						      _mm_alignr_epi8(last, w[(i + 2) % 4], 4)),
					last);

			__m128i sum = _mm_add_epi32(
				*now, _mm_loadu_si128((const __m128i *)(sha256_round_constants + (size_t)4 * i)));

			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	_mm_storeu_si128((__m128i *)words, abef);
	_mm_storeu_si128((__m128i *)(words + 4), cdgh);
	/* Stored lowest word first: F E B A, H G D C. */
	state[0] = words[3], state[1] = words[2], state[2] = words[7], state[3] = words[6];
	state[4] = words[1], state[5] = words[0], state[6] = words[5], state[7] = words[4];
}

bool sha256_init_fast(struct sha256 *sha)
{
	sha256_init(sha);
	if (!has_sha_instructions())
		return false;
	sha->add_blocks = add_blocks;
	return true;
}

static bool has_sse2(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && (d & HAS_SSE2);
}

/* Four 32-bit words side by side, one of each lane. */
#define ROTATE(x, count) _mm_or_si128(_mm_srli_epi32(x, count), _mm_slli_epi32(x, 32 - (count)))
#define XOR3(x, y, z) _mm_xor_si128(_mm_xor_si128(x, y), z)
#define ADD(x, y) _mm_add_epi32(x, y)

/* Word `index` of the four blocks, which lie a stripe apart. */
__attribute__((target("sse2"))) static inline __m128i load_words(const uint8_t *from, unsigned int index)
{
	uint32_t words[STRIPE_LANES];

	for (unsigned int lane = 0; lane < STRIPE_LANES; lane++) {
		__builtin_memcpy(&words[lane], from + (size_t)lane * STRIPE_BYTES + (size_t)4 * index, 4);
		words[lane] = __builtin_bswap32(words[lane]);
	}
	return _mm_loadu_si128((const __m128i *)words);
}

/* The next message word of a schedule of which w holds the last sixteen. */
__attribute__((target("sse2"))) static inline __m128i next_words(const __m128i w[16], unsigned int i)
{
	__m128i from_2 = w[(i + 14) % 16], from_15 = w[(i + 1) % 16];
	__m128i sigma_1 = XOR3(ROTATE(from_2, 17), ROTATE(from_2, 19), _mm_srli_epi32(from_2, 10));
	__m128i sigma_0 = XOR3(ROTATE(from_15, 7), ROTATE(from_15, 18), _mm_srli_epi32(from_15, 3));

	return ADD(ADD(sigma_1, w[(i + 9) % 16]), ADD(sigma_0, w[i % 16]));
}

/* One block of each lane: FIPS 180-4, 6.2.2. */
__attribute__((target("sse2"))) static void add_block_of_each(__m128i state[8], const uint8_t *from)
{
	__m128i a = state[0], b = state[1], c = state[2], d = state[3];
	__m128i e = state[4], f = state[5], g = state[6], h = state[7], w[16];

	for (unsigned int i = 0; i < 16; i++)
		w[i] = load_words(from, i);
#pragma GCC unroll 16
	for (unsigned int i = 0; i < 64; i++) {
		if (i >= 16)
			w[i % 16] = next_words(w, i);

		__m128i choice = _mm_xor_si128(g, _mm_and_si128(e, _mm_xor_si128(f, g)));
		__m128i majority = _mm_xor_si128(b, _mm_and_si128(_mm_xor_si128(a, b), _mm_xor_si128(b, c)));
		__m128i sum = ADD(ADD(h, _mm_set1_epi32((int)sha256_round_constants[i])),
				  ADD(w[i % 16], ADD(choice, XOR3(ROTATE(e, 6), ROTATE(e, 11), ROTATE(e, 25)))));

		h = g, g = f, f = e, e = ADD(d, sum);
		d = c, c = b, b = a;
		/* The old a is b by now. */
		a = ADD(sum, ADD(majority, XOR3(ROTATE(b, 2), ROTATE(b, 13), ROTATE(b, 22))));
	}
	state[0] = ADD(state[0], a), state[1] = ADD(state[1], b), state[2] = ADD(state[2], c);
	state[3] = ADD(state[3], d), state[4] = ADD(state[4], e), state[5] = ADD(state[5], f);
	state[6] = ADD(state[6], g), state[7] = ADD(state[7], h);
}

__attribute__((target("sse2"))) static void add_groups(struct sha256 *lanes, const uint8_t *from, size_t count)
{
	uint32_t words[8][STRIPE_LANES];
	__m128i state[8];

	for (unsigned int i = 0; i < 8; i++)
		state[i] = _mm_set_epi32((int)lanes[3].state[i], (int)lanes[2].state[i], (int)lanes[1].state[i],
					 (int)lanes[0].state[i]);
	for (size_t group = 0; group < count; group++, from += STRIPE_GROUP_BYTES)
		for (size_t at = 0; at < STRIPE_BYTES; at += SHA256_BLOCK_BYTES)
			add_block_of_each(state, from + at);
	for (unsigned int i = 0; i < 8; i++)
		_mm_storeu_si128((__m128i *)words[i], state[i]);
	for (unsigned int lane = 0; lane < STRIPE_LANES; lane++) {
		for (unsigned int i = 0; i < 8; i++)
			lanes[lane].state[i] = words[i][lane];
		lanes[lane].size_bytes += (uint64_t)count * STRIPE_BYTES;
	}
}

bool striped_digest_init_with(struct striped_digest *digest, enum sha256_speed speed)
{
	bool can = true;

	striped_digest_init(digest);
	if (speed == SHA256_SHA)
		for (unsigned int i = 0; i < STRIPE_LANES; i++)
			can = sha256_init_fast(&digest->lanes[i]);
	else if (speed == SHA256_SSE2 && (can = has_sse2()))
		digest->add_groups = add_groups;
	return can;
}

void striped_digest_init_fast(struct striped_digest *digest)
{
	if (!striped_digest_init_with(digest, SHA256_SHA))
		striped_digest_init_with(digest, SHA256_SSE2);
}
