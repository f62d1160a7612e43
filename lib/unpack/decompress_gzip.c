/* SPDX-License-Identifier: GPL-2.0-only */
/* gzip, by zlib. */
#include "config.h"
#ifdef HAVE_ZLIB
#include <limits.h>
#include <zlib.h>

#include "lib/unpack/decompress_stream.h"

#define GZIP_ONLY_MAX_WINDOW (16 + MAX_WBITS) /* zlib.h, inflateInit2 */

static void auto_inflate_end(z_stream *z)
{
	inflateEnd(z);
}

/* One call of inflate, as far as its 32-bit counts go. */
static struct error *inflate_step(struct unpack_stream *stream, z_stream *z, int *ret_status)
{
	struct bytes rest = unpack_rest(stream);
	uint8_t *room;
	size_t room_size;

	struct error *error = unpack_reserve(stream, &room, &room_size);
	if (error)
		return error;
	uInt given = rest.size < UINT_MAX ? (uInt)rest.size : UINT_MAX;
	uInt room_part = room_size < UINT_MAX ? (uInt)room_size : UINT_MAX;

	z->next_in = (z_const Bytef *)(uintptr_t)rest.data;
	z->avail_in = given;
	z->next_out = room;
	z->avail_out = room_part;
	*ret_status = inflate(z, Z_NO_FLUSH);
	stream->position += given - z->avail_in;
	stream->output_size += room_part - z->avail_out;
	return NULL;
}

struct error *unpack_gzip(struct unpack_stream *stream)
{
	__attribute__((cleanup(auto_inflate_end))) z_stream z = { 0 };
	int status = inflateInit2(&z, GZIP_ONLY_MAX_WINDOW);

	while (status == Z_OK) {
		struct error *error = inflate_step(stream, &z, &status);

		if (error)
			return error;
	}
	/* There is always room: no progress means no more input. */
	if (status == Z_BUF_ERROR)
		return unpack_cut_off(stream, "gzip");
	if (status == Z_MEM_ERROR)
		return error_new("no memory to unpack gzip data");
	if (status != Z_STREAM_END)
		return unpack_damaged(stream, "gzip", z.msg);
	return NULL;
}
#endif
