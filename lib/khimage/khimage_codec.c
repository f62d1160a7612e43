/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/khimage_codec.h"

#include <inttypes.h>
#include <stdlib.h>

#include "config.h"
#include "lib/base/alloc.h"
#include "lib/base/span.h"
#include "lib/khimage/khimage_parse.h"

#ifdef HAVE_LZ4
#include <lz4.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>

/* Fast enough to keep up with a disk; higher levels cost more time than they save. */
#define ZSTD_LEVEL 1
#endif

void khimage_codec_deinit(struct khimage_codec *codec)
{
#ifdef HAVE_ZSTD
	ZSTD_freeCCtx(codec->zstd_pack);
	ZSTD_freeDCtx(codec->zstd_unpack);
#endif
	free(codec->lz4_pack);
	*codec = (struct khimage_codec){ 0 };
}

struct error *khimage_codec_available(uint32_t compression)
{
	switch (compression) {
	case KHIMAGE_NONE:
#ifdef HAVE_LZ4
	case KHIMAGE_LZ4:
#endif
#ifdef HAVE_ZSTD
	case KHIMAGE_ZSTD:
#endif
		return NULL;
	default:
		return error_new("this build knows no %s compression (lib%s was not there when it was built)",
				 khimage_compression_name(compression), khimage_compression_name(compression));
	}
}

#ifdef HAVE_LZ4
static size_t pack_lz4(struct khimage_codec *codec, const uint8_t *from, size_t size, uint8_t *to)
{
	if (!codec->lz4_pack)
		codec->lz4_pack = xcalloc((size_t)LZ4_sizeofState(), 1);

	int packed = LZ4_compress_fast_extState(codec->lz4_pack, (const char *)from, (char *)to, (int)size,
						(int)size - 1, 1);

	return packed > 0 ? (size_t)packed : size;
}

static bool unpack_lz4(const struct khimage_chunk *chunk, const uint8_t *stored, uint8_t *to, size_t size)
{
	return LZ4_decompress_safe((const char *)stored, (char *)to, (int)chunk->stored_bytes, (int)size) ==
	       (int)size;
}
#else
static size_t pack_lz4(struct khimage_codec *codec, const uint8_t *from, size_t size, uint8_t *to)
{
	(void)codec, (void)from, (void)to;
	return size;
}

static bool unpack_lz4(const struct khimage_chunk *chunk, const uint8_t *stored, uint8_t *to, size_t size)
{
	(void)chunk, (void)stored, (void)to, (void)size;
	return false;
}
#endif

#ifdef HAVE_ZSTD
static size_t pack_zstd(struct khimage_codec *codec, const uint8_t *from, size_t size, uint8_t *to)
{
	if (!codec->zstd_pack)
		codec->zstd_pack = ZSTD_createCCtx();
	if (!codec->zstd_pack)
		return size;

	size_t packed = ZSTD_compressCCtx(codec->zstd_pack, to, size - 1, from, size, ZSTD_LEVEL);

	return ZSTD_isError(packed) ? size : packed;
}

static bool unpack_zstd(struct khimage_codec *codec, const struct khimage_chunk *chunk, const uint8_t *stored,
			uint8_t *to, size_t size)
{
	if (!codec->zstd_unpack)
		codec->zstd_unpack = ZSTD_createDCtx();
	return codec->zstd_unpack &&
	       ZSTD_decompressDCtx(codec->zstd_unpack, to, size, stored, chunk->stored_bytes) == size;
}
#else
static size_t pack_zstd(struct khimage_codec *codec, const uint8_t *from, size_t size, uint8_t *to)
{
	(void)codec, (void)from, (void)to;
	return size;
}

static bool unpack_zstd(struct khimage_codec *codec, const struct khimage_chunk *chunk, const uint8_t *stored,
			uint8_t *to, size_t size)
{
	(void)codec, (void)chunk, (void)stored, (void)to, (void)size;
	return false;
}
#endif

const uint8_t *khimage_codec_pack(struct khimage_codec *codec, uint32_t compression, const uint8_t *from, size_t size,
				  uint8_t *to, struct khimage_chunk *ret_chunk)
{
	size_t packed = size;

	if (compression == KHIMAGE_LZ4)
		packed = pack_lz4(codec, from, size, to);
	else if (compression == KHIMAGE_ZSTD)
		packed = pack_zstd(codec, from, size, to);

	const uint8_t *result = packed < size ? to : from;

	*ret_chunk = (struct khimage_chunk){
		.digest = khimage_digest(result, packed),
		.stored_bytes = (uint32_t)packed,
		.page_count = (uint16_t)(size / PAGE_SIZE_BYTES),
		.compression = (uint16_t)(packed < size ? compression : KHIMAGE_NONE),
	};
	return result;
}

struct error *khimage_codec_check(const struct khimage_chunk *chunk, const uint8_t *stored)
{
	uint64_t digest = khimage_digest(stored, chunk->stored_bytes);

	if (digest == chunk->digest)
		return khimage_codec_available(chunk->compression);
	return error_new("a chunk is damaged: its checksum is %016" PRIx64 ", and should be %016" PRIx64, digest,
			 chunk->digest);
}

struct error *khimage_codec_unpack(struct khimage_codec *codec, const struct khimage_chunk *chunk,
				   const uint8_t *stored, uint8_t *to, const uint8_t **ret_data)
{
	size_t size = (size_t)(chunk->page_count * PAGE_SIZE_BYTES);
	bool good = true;
	struct error *error = khimage_codec_check(chunk, stored);

	if (error)
		return error;
	*ret_data = chunk->compression == KHIMAGE_NONE ? stored : to;
	if (chunk->compression == KHIMAGE_LZ4)
		good = unpack_lz4(chunk, stored, to, size);
	else if (chunk->compression == KHIMAGE_ZSTD)
		good = unpack_zstd(codec, chunk, stored, to, size);
	return good ? NULL :
		      error_new("a chunk cannot be unpacked to %zu bytes with %s", size,
				khimage_compression_name(chunk->compression));
}
