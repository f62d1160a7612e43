/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state that decompress.c shares with the file of each compression: the
 * rest of the input and the growing output. Each unpacks one member (gzip member,
 * xz stream, zstd or lz4 frame); decompress.c loops over the members.
 */
#ifndef KJ_DECOMPRESS_STREAM_H
#define KJ_DECOMPRESS_STREAM_H

#include "lib/base/bytes.h"
#include "lib/base/error.h"

struct unpack_stream {
	struct bytes input; /* all of it */
	size_t position;    /* start of the rest of the input */
	uint8_t *output;    /* owned */
	size_t output_size;
	size_t capacity;
	size_t limit_bytes; /* the largest output_size allowed */
};

/* The rest of the input. */
struct bytes unpack_rest(const struct unpack_stream *stream);

/*
 * Makes room after output_size and returns its address and size. It grants one
 * byte more than the limit, so that a stream which ends exactly at the limit
 * can end. Errors: the limit is exceeded, no memory.
 */
struct error *unpack_reserve(struct unpack_stream *stream, uint8_t **ret_room, size_t *ret_size);

/*
 * Refuses a member whose header states a size above the limit, before it is
 * unpacked. `size_bytes`: the stated size, UINT64_MAX if none is stated.
 */
struct error *unpack_check_stated_size(const struct unpack_stream *stream, uint64_t size_bytes);

/* "unpacks to more than …": the limit is exceeded. */
struct error *unpack_too_large(const struct unpack_stream *stream);

/* "<name> data is cut off …", "<name> data is damaged …" at the present position. `why` may be NULL. */
struct error *unpack_cut_off(const struct unpack_stream *stream, const char *name);
struct error *unpack_damaged(const struct unpack_stream *stream, const char *name, const char *why);

/* Each unpacks one member from `position` on and sets `position` to its end. */
struct error *unpack_gzip(struct unpack_stream *stream);
struct error *unpack_xz(struct unpack_stream *stream);
struct error *unpack_lzma(struct unpack_stream *stream);
struct error *unpack_zstd(struct unpack_stream *stream);
struct error *unpack_lz4(struct unpack_stream *stream);
struct error *unpack_lz4_legacy(struct unpack_stream *stream);

#endif
