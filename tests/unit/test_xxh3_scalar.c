/* SPDX-License-Identifier: GPL-2.0-only */
/* The digest of a snapshot is the same on each processor, for each size and however it is divided. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "lib/base/alloc.h"
#include "lib/khimage/xxh3_scalar.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define SIZE_MAX_BYTES 20000

static bool is_same(struct random *random, const uint8_t *data, size_t size)
{
	XXH3_state_t *state = xaligned(_Alignof(XXH3_state_t), sizeof(*state));
	uint64_t whole = XXH3_64bits(data, size);

	XXH3_64bits_reset(state);
	for (size_t done = 0, part; done < size; done += part) {
		part = 1 + random_below(random, size - done);
		if (part % 2)
			xxh3_scalar_update(state, data + done, part);
		else
			XXH3_64bits_update(state, data + done, part);
	}
	bool same = xxh3_scalar(data, size) == whole && XXH3_64bits_digest(state) == whole;

	free(state);
	return same;
}

int main(void)
{
	AUTO_BUFFER struct buffer data = { 0 };
	struct random random = { 5 };
	bool same = true;

	put_random(&data, &random, SIZE_MAX_BYTES);
	for (size_t size = 0; size < 600; size++)
		same = same && is_same(&random, data.data, size);
	for (size_t i = 0; i < 500; i++)
		same = same && is_same(&random, data.data, random_below(&random, SIZE_MAX_BYTES));
	ok(same, "with vector instructions and without, whole, in parts, and with parts of either");
	return tap_done();
}
