/* SPDX-License-Identifier: GPL-2.0-only */
/* Unpacking; the first two bytes choose the limit, the rest is the packed data. */
#include <stdlib.h>

#include "lib/unpack/decompress.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes all = { data, size }, packed;
	uint8_t *unpacked = NULL;
	size_t unpacked_size = 0;

	if (size < 2 || !bytes_part(all, 2, size - 2, &packed))
		return 0;

	size_t limit = (size_t)bytes_u16(all, 0) * 16;
	struct error *error = decompress(packed, limit, &unpacked, &unpacked_size);
	if (error)
		REQUIRE(!unpacked && !unpacked_size);
	else
		REQUIRE(compression_name(packed) && unpacked_size <= limit);
	error_free(error);
	free(unpacked);
	return 0;
}
