/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/unpack/decompress_stream.h"

#include <stdlib.h>

struct bytes unpack_rest(const struct unpack_stream *stream)
{
	return (struct bytes){ stream->input.data + stream->position, stream->input.size - stream->position };
}

struct error *unpack_too_large(const struct unpack_stream *stream)
{
	return error_new("unpacks to more than %zu bytes, the most that is accepted", stream->limit_bytes);
}

struct error *unpack_check_stated_size(const struct unpack_stream *stream, uint64_t size_bytes)
{
	bool fits = size_bytes == UINT64_MAX || (stream->output_size <= stream->limit_bytes &&
						  size_bytes <= stream->limit_bytes - stream->output_size);

	return fits ? NULL : unpack_too_large(stream);
}

struct error *unpack_reserve(struct unpack_stream *stream, uint8_t **ret_room, size_t *ret_size)
{
	size_t most = stream->limit_bytes + 1;

	if (stream->output_size > stream->limit_bytes)
		return unpack_too_large(stream);
	if (stream->output_size == stream->capacity) {
		size_t capacity = stream->capacity ? stream->capacity : stream->input.size;
		uint8_t *grown;

		capacity = capacity > most / 2 ? most : capacity * 2;
		grown = realloc(stream->output, capacity);
		if (!grown)
			return error_new("no memory to unpack more than %zu bytes", stream->output_size);
		stream->output = grown;
		stream->capacity = capacity;
	}
	*ret_room = stream->output + stream->output_size;
	*ret_size = stream->capacity - stream->output_size;
	return NULL;
}

struct error *unpack_cut_off(const struct unpack_stream *stream, const char *name)
{
	return error_new("the %s data is cut off: it ends after %zu bytes, in the middle", name, stream->input.size);
}

struct error *unpack_damaged(const struct unpack_stream *stream, const char *name, const char *why)
{
	return error_new("the %s data is damaged at about byte %zu of %zu%s%s", name, stream->position,
			 stream->input.size, why ? ": " : "", why ? why : "");
}
