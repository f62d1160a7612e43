/* SPDX-License-Identifier: GPL-2.0-only */
/* The SHA extensions: Intel SDM vol. 2, SHA256RNDS2, SHA256MSG1 and SHA256MSG2. */
#include "sha256_fast.h"

#include <cpuid.h>
#include <immintrin.h>

/* CPUID.1:ECX and CPUID.7.0:EBX, Intel SDM vol. 2, CPUID */
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
