/* SPDX-License-Identifier: GPL-2.0-only */
/* zstd, by libzstd. */
#include "config.h"
#ifdef HAVE_ZSTD
#include <zstd.h>
#include <zstd_errors.h>

#include "lib/unpack/decompress_stream.h"

static void auto_free_context(ZSTD_DCtx **context)
{
	ZSTD_freeDCtx(*context);
}

/*
 * The window need not be larger than the unpacked data. "zstd --long=31" makes
 * larger ones than libzstd's default limit, 2^27 bytes; a damaged header may
 * state any size.
 */
static void limit_window(ZSTD_DCtx *context, size_t limit_bytes)
{
	ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
	int log = 27;

	while (!ZSTD_isError(bounds.error) && log < bounds.upperBound && (uint64_t)1 << log < limit_bytes)
		log++;
	/* If libzstd refuses this limit, its default applies. */
	(void)ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, log);
}

static struct error *unpack_failed(const struct unpack_stream *stream, size_t status)
{
	switch (ZSTD_getErrorCode(status)) {
	case ZSTD_error_memory_allocation:
		return error_new("no memory to unpack zstd data");
	case ZSTD_error_frameParameter_windowTooLarge:
		return error_new("the zstd data wants more memory to be unpacked than is accepted");
	default:
		return unpack_damaged(stream, "zstd", ZSTD_getErrorName(status));
	}
}

static struct error *check_stated_size(const struct unpack_stream *stream)
{
	struct bytes rest = unpack_rest(stream);
	unsigned long long size = ZSTD_getFrameContentSize(rest.data, rest.size);

	/* ZSTD_CONTENTSIZE_UNKNOWN is UINT64_MAX; decoding detects a damaged header. */
	return size == ZSTD_CONTENTSIZE_ERROR ? NULL : unpack_check_stated_size(stream, size);
}

struct error *unpack_zstd(struct unpack_stream *stream)
{
	__attribute__((cleanup(auto_free_context))) ZSTD_DCtx *context = ZSTD_createDCtx();
	size_t status = 1;

	if (!context)
		return error_new("no memory to unpack zstd data");

	struct error *size_error = check_stated_size(stream);

	if (size_error)
		return size_error;
	limit_window(context, stream->limit_bytes);
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
