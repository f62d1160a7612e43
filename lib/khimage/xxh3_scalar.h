/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XXH3 with 64 bits without vector instructions: 0.6 of the speed on a processor that has AVX2, four times that of
 * SSE2's instructions where a processor is emulated. The values are the same.
 */
#ifndef KJ_XXH3_SCALAR_H
#define KJ_XXH3_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* On a processor without AVX2: an emulated one, or one of before 2013. */
bool xxh3_scalar_is_faster(void);

uint64_t xxh3_scalar(const void *data, size_t size);

/* As XXH3_64bits_update; `state` is an XXH3_state_t. */
void xxh3_scalar_update(void *state, const void *data, size_t size);

#endif
