/* SPDX-License-Identifier: GPL-2.0-only */
/* lz4, by liblz4; also the older ("legacy") form, which the kernel uses. */
#include "config.h"
#ifdef HAVE_LZ4
#include <lz4.h>
#include <lz4frame.h>

#include "lib/base/alloc.h"
#include "lib/unpack/decompress_stream.h"

/* lz4_Frame_format.md, "Legacy frame": blocks of at most 8 MiB, each with its packed size before it. */
#define LEGACY "lz4 (legacy)"
#define LEGACY_BLOCK_BYTES (8 << 20)

static void auto_free_context(LZ4F_dctx **context)
{
	LZ4F_freeDecompressionContext(*context);
}

struct error *unpack_lz4(struct unpack_stream *stream)
{
	__attribute__((cleanup(auto_free_context))) LZ4F_dctx *context = NULL;
	size_t status = LZ4F_createDecompressionContext(&context, LZ4F_VERSION);

	if (LZ4F_isError(status))
		return error_new("no memory to unpack lz4 data");
	do {
		struct bytes rest = unpack_rest(stream);
		size_t taken = rest.size;
		size_t made;
		uint8_t *room;

		struct error *error = unpack_reserve(stream, &room, &made);
		if (error)
			return error;
		status = LZ4F_decompress(context, room, &made, rest.data, &taken, NULL);
		if (LZ4F_isError(status))
			return unpack_damaged(stream, "lz4", LZ4F_getErrorName(status));
		stream->position += taken;
		stream->output_size += made;
		/* There was room: neither in nor out means no more input. */
		if (status != 0 && taken == 0 && made == 0)
			return unpack_cut_off(stream, "lz4");
	} while (status != 0);
	return NULL;
}

/* Unpacks into a separate buffer: a block does not state its unpacked size. */
static struct error *unpack_legacy_block(struct unpack_stream *stream, struct bytes block)
{
	AUTO_FREE uint8_t *unpacked = malloc(LEGACY_BLOCK_BYTES);

	if (!unpacked)
		return error_new("no memory to unpack lz4 data");

	int size = LZ4_decompress_safe((const char *)block.data, (char *)unpacked, (int)block.size,
				       LEGACY_BLOCK_BYTES);
	if (size < 0)
		return unpack_damaged(stream, LEGACY, NULL);
	for (size_t done = 0; done < (size_t)size;) {
		uint8_t *room;
		size_t room_size;

		struct error *error = unpack_reserve(stream, &room, &room_size);
		if (error)
			return error;
		if (room_size > (size_t)size - done)
			room_size = (size_t)size - done;
		memcpy(room, unpacked + done, room_size);
		stream->output_size += room_size;
		done += room_size;
	}
	return NULL;
}

/* The format has no end mark: it ends at the end of the input, at another magic or at padding zeros. */
struct error *unpack_lz4_legacy(struct unpack_stream *stream)
{
	stream->position += 4; /* the magic, already checked */
	while (stream->position < stream->input.size) {
		struct bytes rest = unpack_rest(stream);
		uint32_t size = bytes_u32(rest, 0);
		struct bytes block;

		if (size == 0 || size > LZ4_COMPRESSBOUND(LEGACY_BLOCK_BYTES))
			break;
		if (!bytes_part(rest, 4, size, &block))
			return unpack_cut_off(stream, LEGACY);

		struct error *error = unpack_legacy_block(stream, block);
		if (error)
			return error;
		stream->position += 4 + (size_t)size;
	}
	return NULL;
}
#endif
