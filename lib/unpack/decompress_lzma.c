/* SPDX-License-Identifier: GPL-2.0-only */
/* xz and lzma, by liblzma. */
#include "config.h"
#ifdef HAVE_LZMA
#include <lzma.h>

#include "lib/unpack/decompress_stream.h"

static void auto_lzma_end(lzma_stream *lzma)
{
	lzma_end(lzma);
}

static const char *why_not(lzma_ret status)
{
	switch (status) {
	case LZMA_FORMAT_ERROR:
		return "no valid header";
	case LZMA_OPTIONS_ERROR:
		return "it uses options that liblzma does not know";
	case LZMA_UNSUPPORTED_CHECK:
		return "it uses a checksum that liblzma does not know";
	default:
		return NULL;
	}
}

static struct error *run(struct unpack_stream *stream, lzma_stream *lzma, lzma_ret status, const char *name)
{
	while (status == LZMA_OK) {
		struct bytes rest = unpack_rest(stream);
		uint8_t *room;
		size_t room_size;

		struct error *error = unpack_reserve(stream, &room, &room_size);
		if (error)
			return error;
		lzma->next_in = rest.data;
		lzma->avail_in = rest.size;
		lzma->next_out = room;
		lzma->avail_out = room_size;
		status = lzma_code(lzma, LZMA_RUN);
		stream->position += rest.size - lzma->avail_in;
		stream->output_size += room_size - lzma->avail_out;
	}
	/* There is always room: no progress means no more input. */
	if (status == LZMA_BUF_ERROR)
		return unpack_cut_off(stream, name);
	if (status == LZMA_MEM_ERROR)
		return error_new("no memory to unpack %s data", name);
	if (status == LZMA_MEMLIMIT_ERROR)
		return error_new("the %s data wants %llu bytes of memory to be unpacked, which is more than is accepted",
				 name, (unsigned long long)lzma_memusage(lzma));
	if (status != LZMA_STREAM_END)
		return unpack_damaged(stream, name, why_not(status));
	return NULL;
}

/* The dictionary need not be larger than the unpacked data; the rest is for liblzma's own tables. */
static uint64_t memory_limit(const struct unpack_stream *stream)
{
	return (uint64_t)stream->limit_bytes + (64 << 20);
}

struct error *unpack_xz(struct unpack_stream *stream)
{
	__attribute__((cleanup(auto_lzma_end))) lzma_stream lzma = LZMA_STREAM_INIT;
	lzma_ret status = lzma_stream_decoder(&lzma, memory_limit(stream), 0);

	return run(stream, &lzma, status, "xz");
}

struct error *unpack_lzma(struct unpack_stream *stream)
{
	__attribute__((cleanup(auto_lzma_end))) lzma_stream lzma = LZMA_STREAM_INIT;
	/* Properties, dictionary size, unpacked size (lzma-file-format.txt, 1.1). */
	struct error *error = unpack_check_stated_size(stream, bytes_u64(unpack_rest(stream), 5));

	if (error)
		return error;

	lzma_ret status = lzma_alone_decoder(&lzma, memory_limit(stream));

	return run(stream, &lzma, status, "lzma");
}
#endif
