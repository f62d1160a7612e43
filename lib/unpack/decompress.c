/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/unpack/decompress.h"

#include <stdlib.h>

#include "config.h"
#include "lib/base/alloc.h"
#include "lib/unpack/decompress_stream.h"

/* NULL in the table below: configured without the library. */
#ifndef HAVE_ZLIB
#define unpack_gzip NULL
#endif
#ifndef HAVE_LZMA
#define unpack_xz NULL
#define unpack_lzma NULL
#endif
#ifndef HAVE_ZSTD
#define unpack_zstd NULL
#endif
#ifndef HAVE_LZ4
#define unpack_lz4 NULL
#define unpack_lz4_legacy NULL
#endif

struct compression {
	const char *name;
	const char *library; /* NULL: recognised, so that the message can say so, but never unpacked */
	bool (*probe)(struct bytes bytes);
	struct error *(*unpack)(struct unpack_stream *stream);
	bool skippable_frames; /* frames without content may stand before and between those with it */
};

static bool begins_with(struct bytes bytes, const void *magic, size_t size)
{
	return bytes.size >= size && memcmp(bytes.data, magic, size) == 0;
}

static bool probe_gzip(struct bytes bytes)
{
	return begins_with(bytes, "\x1f\x8b", 2); /* RFC 1952, 2.3.1 */
}

static bool probe_xz(struct bytes bytes)
{
	return begins_with(bytes, "\xfd" "7zXZ\0", 6); /* The .xz File Format, 2.1.1.1 */
}

/*
 * .lzma has no magic: properties 0x5d, which every known encoder writes, a
 * dictionary of 2^n or 2^n + 2^(n-1) bytes and a size that is unknown or sane
 * (lzma(1) checks the same).
 */
static bool probe_lzma(struct bytes bytes)
{
	if (bytes.size < 13 || bytes.data[0] != 0x5d)
		return false;

	uint64_t dictionary = bytes_u32(bytes, 1);
	uint64_t size = bytes_u64(bytes, 5);
	uint64_t lowest_bit = dictionary & -dictionary;
	bool usual = dictionary == lowest_bit || dictionary == 3 * lowest_bit || dictionary == UINT32_MAX;

	return usual && dictionary >= 4096 && (size == UINT64_MAX || size < (uint64_t)1 << 38);
}

static bool probe_zstd(struct bytes bytes)
{
	return bytes_u32(bytes, 0) == 0xfd2fb528; /* RFC 8878, 3.1.1 */
}

static bool probe_lz4(struct bytes bytes)
{
	return bytes_u32(bytes, 0) == 0x184d2204; /* lz4_Frame_format.md */
}

static bool probe_lz4_legacy(struct bytes bytes)
{
	return bytes_u32(bytes, 0) == 0x184c2102; /* lz4_Frame_format.md, "Legacy frame" */
}

static bool probe_bzip2(struct bytes bytes)
{
	return begins_with(bytes, "BZh", 3);
}

static bool probe_lzop(struct bytes bytes)
{
	return begins_with(bytes, "\x89LZO\0\r\n\x1a\n", 9);
}

static const struct compression compressions[] = {
	{ "gzip", "zlib", probe_gzip, unpack_gzip, false },
	{ "xz", "liblzma", probe_xz, unpack_xz, false },
	{ "zstd", "libzstd", probe_zstd, unpack_zstd, true },
	{ "lz4", "liblz4", probe_lz4, unpack_lz4, true },
	{ "lz4 (legacy)", "liblz4", probe_lz4_legacy, unpack_lz4_legacy, true },
	{ "bzip2", NULL, probe_bzip2, NULL, false },
	{ "lzop", NULL, probe_lzop, NULL, false },
	{ "lzma", "liblzma", probe_lzma, unpack_lzma, false },
};

/* The size of the skippable frame that the bytes begin with (RFC 8878, 3.1.2; lz4 has the same), 0 if it is none. */
static uint64_t skippable_size(struct bytes bytes)
{
	if (!bytes_contain(bytes, 0, 8) || (bytes_u32(bytes, 0) & 0xfffffff0) != 0x184d2a50)
		return 0;
	return 8 + (uint64_t)bytes_u32(bytes, 4);
}

/* The rest after all complete skippable frames. */
static struct bytes after_skippable(struct bytes bytes)
{
	uint64_t size;

	while ((size = skippable_size(bytes)) && bytes_part(bytes, size, bytes.size - size, &bytes))
		;
	return bytes;
}

static const struct compression *find_compression(struct bytes bytes)
{
	for (size_t i = 0; i < ARRAY_COUNT(compressions); i++) {
		const struct compression *compression = &compressions[i];

		if (compression->probe(compression->skippable_frames ? after_skippable(bytes) : bytes))
			return compression;
	}
	return NULL;
}

const char *compression_name(struct bytes bytes)
{
	const struct compression *compression = find_compression(bytes);

	return compression ? compression->name : NULL;
}

/* Skips zeros and frames without content up to the next member, or to the end of the input. */
static void skip_filling(struct unpack_stream *stream, const struct compression *compression)
{
	struct bytes rest = unpack_rest(stream);

	if (compression->skippable_frames)
		rest = after_skippable(rest);
	while (rest.size && rest.data[0] == 0)
		rest = (struct bytes){ rest.data + 1, rest.size - 1 };
	stream->position = stream->input.size - rest.size;
}

static struct error *unpack_members(struct unpack_stream *stream, const struct compression *compression)
{
	do {
		struct error *error = compression->unpack(stream);

		if (!error && stream->output_size > stream->limit_bytes)
			error = unpack_too_large(stream);
		if (error)
			return error;
		skip_filling(stream, compression);
		if (stream->position < stream->input.size && !compression->probe(unpack_rest(stream)))
			return unpack_damaged(stream, compression->name, "something else follows its end");
	} while (stream->position < stream->input.size);
	return NULL;
}

struct error *decompress(struct bytes bytes, size_t limit_bytes, uint8_t **ret_data, size_t *ret_size)
{
	const struct compression *compression = find_compression(bytes);
	struct unpack_stream stream = { .input = bytes, .limit_bytes = limit_bytes };

	if (!compression)
		return error_new("not compressed in a way that is known (gzip, xz, lzma, zstd, lz4)");
	if (!compression->library)
		return error_new("%s data cannot be unpacked here: unpack it first", compression->name);
	if (!compression->unpack)
		return error_new("%s data cannot be unpacked: this program was built without %s; unpack it first",
				 compression->name, compression->library);
	skip_filling(&stream, compression);

	struct error *error = unpack_members(&stream, compression);
	if (error) {
		free(stream.output);
		return error;
	}
	*ret_data = stream.output;
	*ret_size = stream.output_size;
	return NULL;
}
