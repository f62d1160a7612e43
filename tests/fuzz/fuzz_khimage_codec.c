/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A chunk of a khimage: a byte for the compression (0x80: with words), one for how many pages it
 * claims to have, and what is stored. Its digest is put right, so that the
 * libraries are reached.
 */
#include "lib/base/alloc.h"
#include "lib/base/span.h"
#include "lib/khimage/khimage_codec.h"
#include "lib/khimage/khimage_parse.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_KHIMAGE_CODEC struct khimage_codec codec = { 0 };
	AUTO_FREE uint8_t *to = xcalloc(KHIMAGE_CHUNK_BYTES, 1);
	const uint8_t *pages = NULL;

	if (size < 2 || size - 2 > KHIMAGE_CHUNK_BYTES)
		return 0;

	uint16_t method = (uint16_t)((data[0] & 0x7f) % 3 | (data[0] & 0x80 ? KHIMAGE_WORDS : 0));
	struct khimage_chunk chunk = { .stored_bytes = (uint32_t)(size - 2), .compression = method,
				       .page_count = 1 + data[1] % (KHIMAGE_CHUNK_BYTES / PAGE_SIZE_BYTES) };
	AUTO_FREE uint8_t *stored = xcalloc(size - 1, 1);

	memcpy(stored, data + 2, size - 2);
	chunk.digest = khimage_digest(stored, chunk.stored_bytes);
	/* As khimage_group_parse has checked. */
	if (chunk.compression == KHIMAGE_NONE && chunk.stored_bytes != chunk.page_count * PAGE_SIZE_BYTES)
		return 0;
	struct error *error = khimage_codec_unpack(&codec, &chunk, stored, to, &pages);

	REQUIRE(error || pages == to || pages == stored);
	error_free(error);
	return 0;
}
