/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/xxh3_scalar.h"

/* XXH_SCALAR, which xxhash.h defines later. */
#define XXH_VECTOR 0
#define XXH_INLINE_ALL
#include <xxhash.h>

bool xxh3_scalar_is_faster(void)
{
	return !__builtin_cpu_supports("avx2");
}

uint64_t xxh3_scalar(const void *data, size_t size)
{
	return XXH3_64bits(data, size);
}

void xxh3_scalar_update(void *state, const void *data, size_t size)
{
	XXH3_64bits_update(state, data, size);
}
