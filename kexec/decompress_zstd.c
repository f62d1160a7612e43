/* SPDX-License-Identifier: GPL-2.0-only */
#include "config.h"
#ifdef HAVE_ZSTD
#include <zstd.h>
#include <zstd_errors.h>

#include "decompress_stream.h"

static void auto_free_context(ZSTD_DCtx **context)
{
	ZSTD_freeDCtx(*context);
}

/*
 * As large a window as there can be: "zstd --long=31" makes such files, and
 * libzstd stops at 2^27 by default. Of the window no more is touched than is
 * unpacked, and that has its limit.
 */
static void allow_large_windows(ZSTD_DCtx *context)
{
	ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);

	/* If it were refused, the default would be in force. */
	if (!ZSTD_isError(bounds.error))
		(void)ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, bounds.upperBound);
}

static struct error *unpack_failed(const struct unpack_stream *stream, size_t status)
{
	switch (ZSTD_getErrorCode(status)) {
	case ZSTD_error_memory_allocation:
	case ZSTD_error_frameParameter_windowTooLarge:
		return error_new("no memory to unpack zstd data: %s", ZSTD_getErrorName(status));
	default:
		return unpack_damaged(stream, "zstd", ZSTD_getErrorName(status));
	}
}

struct error *unpack_zstd(struct unpack_stream *stream)
{
	__attribute__((cleanup(auto_free_context))) ZSTD_DCtx *context = ZSTD_createDCtx();
	size_t status = 1;

	if (!context)
		return error_new("no memory to unpack zstd data");
	allow_large_windows(context);
	while (status != 0) {
		struct bytes rest = unpack_rest(stream);
		ZSTD_inBuffer in = { rest.data, rest.size, 0 };
		ZSTD_outBuffer out = { NULL, 0, 0 };
		uint8_t *room;

		struct error *error = unpack_reserve(stream, &room, &out.size);
		if (error)
			return error;
		out.dst = room;
		status = ZSTD_decompressStream(context, &out, &in);
		stream->position += in.pos;
		stream->output_size += out.pos;
		if (ZSTD_isError(status))
			return unpack_failed(stream, status);
		/* There was room: neither in nor out means no more input. */
		if (status != 0 && in.pos == 0 && out.pos == 0)
			return unpack_cut_off(stream, "zstd");
	}
	return NULL;
}
#endif
