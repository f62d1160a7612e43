/* SPDX-License-Identifier: GPL-2.0-only */
/* Packs and unpacks the chunks of a khimage, with liblz4 and libzstd if they are built in. */
#ifndef KJ_KHIMAGE_CODEC_H
#define KJ_KHIMAGE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/khimage_format.h"
#include "lib/base/error.h"

/* The libraries' state for one thread that packs or unpacks, created on first use. Zero-initialise. */
struct khimage_codec {
	void *zstd_pack;
	void *zstd_unpack;
	void *lz4_pack;
	bool leaves_digest_out; /* of chunks that are packed: a tag takes its place */
};

void khimage_codec_deinit(struct khimage_codec *codec);
#define AUTO_KHIMAGE_CODEC __attribute__((cleanup(khimage_codec_deinit)))

/* NULL if this build can pack and unpack in this way (KHIMAGE_NONE: always), else an error with the missing library. */
struct error *khimage_codec_available(uint32_t compression);

/* The fastest compression of this build; KHIMAGE_NONE if it has none. */
uint32_t khimage_codec_fastest(void);

/*
 * Packs `size` bytes (whole pages, at most KHIMAGE_CHUNK_BYTES); pages that each
 * repeat one word are stored as these words, by any compression. Returns where
 * the result is: `to` (KHIMAGE_CHUNK_BYTES of room), or `from` where packing does
 * not make it smaller. Fills in *ret_chunk, its digest with 0 if that is left out. Pages in `from` are moved.
 */
const uint8_t *khimage_codec_pack(struct khimage_codec *codec, uint32_t compression, uint8_t *from, size_t size,
				  uint8_t *to, struct khimage_chunk *ret_chunk);

/* Checks the digest of a chunk as it is stored, and that this build can unpack it. */
struct error *khimage_codec_check(const struct khimage_chunk *chunk, const uint8_t *stored);

/* The same where the chunk's digest has been computed: it is stored in parts. */
struct error *khimage_codec_check_digest(const struct khimage_chunk *chunk, uint64_t digest);

/*
 * Unpacks a chunk whose bytes were checked, by its digest or its tag. Results and errors as below.
 */
struct error *khimage_codec_unpack_checked(struct khimage_codec *codec, const struct khimage_chunk *chunk,
					   const uint8_t *stored, uint8_t *to, const uint8_t **ret_data);

/*
 * Checks a chunk, and unpacks it. Returns in
 * *ret_data where its pages are: `stored` itself, or `to` (KHIMAGE_CHUNK_BYTES).
 * Errors: as khimage_codec_check; the unpacked size is not the chunk's.
 */
struct error *khimage_codec_unpack(struct khimage_codec *codec, const struct khimage_chunk *chunk,
				   const uint8_t *stored, uint8_t *to, const uint8_t **ret_data);

#endif
