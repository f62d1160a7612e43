/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/unpack/decompress.h"

#include <stdlib.h>

#include "config.h"
#include "lib/base/memory.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/packed_samples.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_LZ4
#include <lz4.h>
#include <lz4frame.h>
#endif

#define MIB ((size_t)1 << 20)

static bool is_built_in(const char *name)
{
	const char *known = ""
#ifdef HAVE_ZLIB
			    " gzip"
#endif
#ifdef HAVE_LZMA
			    " xz lzma"
#endif
#ifdef HAVE_ZSTD
			    " zstd"
#endif
#ifdef HAVE_LZ4
			    " lz4 lz4 (legacy)"
#endif
		;
	return strstr(known, name);
}

/* Unpacks an exact copy, so that reading one byte too many is seen. */
static struct error *unpack(struct bytes bytes, size_t limit, uint8_t **ret_data, size_t *ret_size)
{
	AUTO_FREE uint8_t *copy = exact_copy(bytes);

	return decompress((struct bytes){ copy, bytes.size }, limit, ret_data, ret_size);
}

static bool unpacks_to(struct bytes bytes, size_t limit, struct bytes wanted)
{
	AUTO_FREE uint8_t *data = NULL;
	size_t size = 0;

	return no_error(unpack(bytes, limit, &data, &size)) && size == wanted.size &&
	       (!size || memcmp(data, wanted.data, size) == 0);
}

/* An error with this text, and outputs as they were. */
static bool refused(struct bytes bytes, size_t limit, const char *says)
{
	uint8_t *data = NULL;
	size_t size = 4711;
	bool as_expected = error_says(unpack(bytes, limit, &data, &size), says) & (!data && size == 4711);

	free(data);
	return as_expected;
}

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

static void test_sample(const struct packed_sample *sample, struct bytes text)
{
	is_text(compression_name(sample->bytes), sample->name, "what %s writes is known as %s", sample->tool, sample->name);
	ok(unpacks_to(sample->bytes, MIB, text), "what %s writes is unpacked", sample->tool);
	ok(unpacks_to(sample->bytes, text.size, text), "%s: exactly the limit is accepted", sample->tool);
	ok(refused(sample->bytes, text.size - 1, "unpacks to more than 990 bytes"), "%s: one byte more is not",
	   sample->tool);
	ok(refused(sample->bytes, 0, "unpacks to more than 0 bytes"), "%s: a limit of nothing", sample->tool);
}

static void test_members(const struct packed_sample *sample, struct bytes text)
{
	AUTO_BUFFER struct buffer packed = { 0 }, wanted = { 0 };

	put(&packed, sample->bytes.data, sample->bytes.size);
	put(&packed, sample->bytes.data, sample->bytes.size);
	put(&packed, sample->bytes.data, sample->bytes.size);
	for (int i = 0; i < 3; i++)
		put(&wanted, text.data, text.size);
	ok(unpacks_to(buffer_bytes(&packed), MIB, buffer_bytes(&wanted)), "%s: members follow each other", sample->tool);
	ok(refused(buffer_bytes(&packed), wanted.size - 1, "unpacks to more than 2972 bytes"),
	   "%s: the limit is for all of them", sample->tool);

	packed.size = sample->bytes.size;
	for (int i = 0; i < 5; i++) {
		put_zeros(&packed, 1);
		if (!unpacks_to(buffer_bytes(&packed), MIB, text))
			break;
	}
	ok(packed.size == sample->bytes.size + 5, "%s: zeros at the end are no matter", sample->tool);
	put_zeros(&packed, 507);
	put(&packed, sample->bytes.data, sample->bytes.size);
	wanted.size = 2 * text.size;
	ok(unpacks_to(buffer_bytes(&packed), MIB, buffer_bytes(&wanted)), "%s: zeros between members are no matter",
	   sample->tool);
	packed.size = sample->bytes.size + 512;
	put(&packed, "x", 1);
	ok(refused(buffer_bytes(&packed), MIB, "something else follows its end"),
	   "%s: other things at the end are not ignored", sample->tool);
}

static void test_each_length(const struct packed_sample *sample, struct bytes text)
{
	size_t accepted = 0;
	bool outputs = true;

	for (size_t length = 0; length < sample->bytes.size; length++) {
		uint8_t *data = NULL;
		size_t size = 4711;
		struct error *error = unpack((struct bytes){ sample->bytes.data, length }, MIB, &data, &size);

		accepted += !error;
		outputs = outputs && !error == (size != 4711) && (!error || !data);
		outputs = outputs && (error || (size <= text.size && (!size || !memcmp(data, text.data, size))));
		error_free(error);
		free(data);
	}
	/* The legacy format has no end mark: its magic alone is a file of nothing. */
	is_u64(accepted, strcmp(sample->name, "lz4 (legacy)") ? 0 : 1, "%s: cut off at each length is an error", sample->tool);
	ok(outputs, "%s: cut off, outputs are untouched", sample->tool);
	ok(refused((struct bytes){ sample->bytes.data, sample->bytes.size - 1 }, MIB, "data is cut off: it ends after"),
	   "%s: the last byte missing is called cut off", sample->tool);
}

static void test_bit_flips(const struct packed_sample *sample)
{
	AUTO_FREE uint8_t *copy = exact_copy(sample->bytes);
	size_t errors = 0, bits = sample->bytes.size * 8;

	for (size_t bit = 0; bit < bits; bit++) {
		uint8_t *data = NULL;
		size_t size;

		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		struct error *error = decompress((struct bytes){ copy, sample->bytes.size }, MIB, &data, &size);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		errors += error != NULL;
		if (!error)
			free(data);
		error_free(error);
	}
	diag("%zu of %zu flipped bits were errors", errors, bits);
	ok(errors > bits / 4, "%s: each bit was flipped, and nothing crashed", sample->tool);
}

static void test_not_built_in(const struct packed_sample *sample)
{
	is_text(compression_name(sample->bytes), sample->name, "%s is known even if it was not built in", sample->name);
	ok(refused(sample->bytes, MIB, "this program was built without"), "%s: says that it was not built in", sample->name);
}

/* What begins like nothing known, or only a little. */
static void test_unknown(void)
{
	static const char *const others[] = {
		"", "\x1f", "BZ", "MZ", "\3757zX", "\x28\xb5\x2f", "]\1\2\3\4\5\6\7\10\11\12\13\14\15",
	};

	for (size_t i = 0; i < ARRAY_COUNT(others); i++)
		ok(!compression_name(text_bytes(others[i])), "no compression is seen in unknown bytes %zu", i);
	ok(refused(text_bytes("hello"), MIB, "not compressed in a way that is known"), "unknown bytes are an error");
	is_text(compression_name(text_bytes("BZh91AY")), "bzip2", "bzip2 is known");
	ok(refused(text_bytes("BZh91AY"), MIB, "bzip2 data cannot be unpacked here: unpack it first"), "and not unpacked");
}

static void test_lzma_headers(void)
{
	static const struct {
		uint8_t properties;
		uint32_t dictionary;
		uint64_t size;
		bool is_lzma;
	} cases[] = {
		{ 0x5d, 1 << 23, UINT64_MAX, true },    { 0x5d, 1 << 23, 0, true },
		{ 0x5d, 4096, 1, true },                { 0x5d, 3 << 20, 1, true },
		{ 0x5d, UINT32_MAX, UINT64_MAX, true }, { 0x5d, 1 << 23, ((uint64_t)1 << 38) - 1, true },
		{ 0x5d, 1 << 23, (uint64_t)1 << 38, false },
		{ 0x5e, 1 << 23, 1, false },            { 0x5d, 2048, 1, false },
		{ 0x5d, 3 << 9, 1, false },             { 0x5d, 5 << 20, 1, false },
		{ 0x5d, 0, 1, false },                  { 0x5d, UINT32_MAX - 1, 1, false },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_BUFFER struct buffer header = { 0 };

		put(&header, &cases[i].properties, 1);
		put(&header, &cases[i].dictionary, 4);
		put(&header, &cases[i].size, 8);
		ok((compression_name(buffer_bytes(&header)) != NULL) == cases[i].is_lzma,
		   "properties %#x, dictionary %#" PRIx32 ", size %#" PRIx64 ": %s", cases[i].properties,
		   cases[i].dictionary, cases[i].size, cases[i].is_lzma ? "lzma" : "unknown");
		header.size--;
		ok(!compression_name(buffer_bytes(&header)), "a byte less is too little to tell");
	}
}

#ifdef HAVE_ZLIB
/* The limit is reached, and still the input goes on, but the output does not. */
static void test_nothing_behind_the_limit(struct bytes text)
{
	static const uint8_t empty[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	AUTO_BUFFER struct buffer packed = { 0 };

	put(&packed, packed_samples[0].bytes.data, packed_samples[0].bytes.size);
	put(&packed, empty, sizeof(empty));
	ok(unpacks_to(buffer_bytes(&packed), text.size, text), "an empty member at the limit is accepted");
	ok(unpacks_to((struct bytes){ empty, sizeof(empty) }, 0, (struct bytes){ NULL, 0 }), "a file of nothing");
}
#endif

/* 3 MiB that are partly random: every growth of the output, every kind of block. */
static void fill_large(struct buffer *buffer)
{
	struct random random = { 11 };

	while (buffer->size < 3 * MIB) {
		put_random(buffer, &random, 1 + random_below(&random, 30000));
		put_zeros(buffer, random_below(&random, 60000));
	}
}

__attribute__((unused)) static void check_large(const char *how, const struct buffer *packed, const struct buffer *large)
{
	ok(packed->size && unpacks_to(buffer_bytes(packed), 4 * MIB, buffer_bytes(large)), "%s: 3 MiB are unpacked", how);
	ok(refused(buffer_bytes(packed), MIB, "unpacks to more than 1048576 bytes"), "%s: not more than the limit", how);
}

#ifdef HAVE_ZLIB
static void pack_gzip(struct buffer *packed, struct bytes bytes)
{
	z_stream z = { 0 };

	if (deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	put_zeros(packed, deflateBound(&z, (uLong)bytes.size));
	z.next_in = (z_const Bytef *)(uintptr_t)bytes.data;
	z.avail_in = (uInt)bytes.size;
	z.next_out = packed->data;
	z.avail_out = (uInt)packed->size;
	packed->size = deflate(&z, Z_FINISH) == Z_STREAM_END ? z.total_out : 0;
	deflateEnd(&z);
}

static void test_gzip_bomb(void)
{
	AUTO_BUFFER struct buffer zeros = { 0 }, packed = { 0 };

	put_zeros(&zeros, 64 * MIB);
	pack_gzip(&packed, buffer_bytes(&zeros));
	diag("64 MiB in %zu bytes", packed.size);
	ok(refused(buffer_bytes(&packed), MIB, "unpacks to more than 1048576 bytes"), "a bomb is stopped at the limit");
}
#endif

#ifdef HAVE_LZ4
static void pack_lz4_legacy(struct buffer *packed, struct bytes bytes)
{
	put_u32(packed, 0x184c2102);
	for (size_t done = 0; done < bytes.size;) {
		size_t part = bytes.size - done < MIB ? bytes.size - done : MIB;
		AUTO_BUFFER struct buffer block = { 0 };

		put_zeros(&block, (size_t)LZ4_compressBound((int)part));
		int size = LZ4_compress_default((const char *)bytes.data + done, (char *)block.data, (int)part,
						(int)block.size);
		put_u32(packed, (uint32_t)size);
		put(packed, block.data, (size_t)size);
		done += part;
	}
}
#endif

static void test_large(void)
{
	AUTO_BUFFER struct buffer large = { 0 };

	fill_large(&large);
#ifdef HAVE_ZLIB
	AUTO_BUFFER struct buffer gzip = { 0 };
	pack_gzip(&gzip, buffer_bytes(&large));
	check_large("gzip", &gzip, &large);
	test_gzip_bomb();
#endif
#ifdef HAVE_LZMA
	AUTO_BUFFER struct buffer xz = { 0 };
	put_zeros(&xz, lzma_stream_buffer_bound(large.size));
	size_t xz_size = 0;
	if (lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, large.data, large.size, xz.data, &xz_size, xz.size))
		xz_size = 0;
	xz.size = xz_size;
	check_large("xz", &xz, &large);
#endif
#ifdef HAVE_ZSTD
	AUTO_BUFFER struct buffer zstd = { 0 };
	put_zeros(&zstd, ZSTD_compressBound(large.size));
	zstd.size = ZSTD_compress(zstd.data, zstd.size, large.data, large.size, 1);
	check_large("zstd", &zstd, &large);
#endif
#ifdef HAVE_LZ4
	AUTO_BUFFER struct buffer lz4 = { 0 };
	put_zeros(&lz4, LZ4F_compressFrameBound(large.size, NULL));
	lz4.size = LZ4F_compressFrame(lz4.data, lz4.size, large.data, large.size, NULL);
	check_large("lz4", &lz4, &large);
	AUTO_BUFFER struct buffer legacy = { 0 };
	pack_lz4_legacy(&legacy, buffer_bytes(&large));
	check_large("lz4 (legacy), in blocks", &legacy, &large);
#endif
}

#ifdef HAVE_LZMA
/* A header that asks for a dictionary of 4 GiB less one byte must not get the memory. */
static void test_large_dictionary(void)
{
	AUTO_BUFFER struct buffer lzma = { 0 };

	put(&lzma, "\x5d\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 13);
	put_zeros(&lzma, 100);
	is_text(compression_name(buffer_bytes(&lzma)), "lzma", "lzma with the largest dictionary is known");
	ok(refused(buffer_bytes(&lzma), MIB, "bytes of memory to be unpacked, which is more than is accepted"),
	   "and refused where so much cannot be wanted");
}

/* A header that tells a MiB and a byte, or just a MiB, and nothing behind it. */
static void test_told_size(void)
{
	struct bytes more = { (const uint8_t *)"\x5d\0\0\x80\0\x01\0\x10\0\0\0\0\0", 13 };
	struct bytes most = { (const uint8_t *)"\x5d\0\0\x80\0\0\0\x10\0\0\0\0\0", 13 };

	ok(refused(more, MIB, "unpacks to more than 1048576 bytes"), "lzma that tells more than the limit is not begun with");
	ok(refused(most, MIB, "cut off"), "what tells the limit is");
}
#endif

#ifdef HAVE_ZSTD
/* A frame of one byte whose header asks for a window of 2 GiB (RFC 8878, 3.1.1.1.2); found by fuzzing. */
static void test_large_window(void)
{
	struct bytes frame = { (const uint8_t *)"\x28\xb5\x2f\xfd\x00\xa8\x09\x00\x00x", 10 };
	struct bytes usual = { (const uint8_t *)"\x28\xb5\x2f\xfd\x00\x88\x09\x00\x00x", 10 };

	ok(refused(frame, MIB, "wants more memory to be unpacked than is accepted"), "zstd with a window of 2 GiB");
	ok(unpacks_to(usual, MIB, (struct bytes){ (const uint8_t *)"x", 1 }), "and one of 128 MiB, which zstd makes");
}
#endif

static void put_skippable(struct buffer *buffer, uint32_t magic, uint32_t size)
{
	put_u32(buffer, magic);
	put_u32(buffer, size);
	for (uint32_t i = 0; i < size; i++)
		put(buffer, "\xee", 1);
}

/* pzstd begins its files with one. */
static void test_skippable_frames(const struct packed_sample *sample, struct bytes text)
{
	AUTO_BUFFER struct buffer packed = { 0 }, alone = { 0 };

	put_skippable(&packed, 0x184d2a50, 7);
	put_skippable(&packed, 0x184d2a5f, 0);
	put(&packed, sample->bytes.data, sample->bytes.size);
	put_skippable(&packed, 0x184d2a53, 3);
	is_text(compression_name(buffer_bytes(&packed)), sample->name, "%s is seen behind frames without content", sample->tool);
	ok(unpacks_to(buffer_bytes(&packed), MIB, text), "%s: frames without content are skipped", sample->tool);
	packed.size--;
	ok(refused(buffer_bytes(&packed), MIB, "data is "), "%s: such a frame that is cut off is an error", sample->tool);

	put_skippable(&alone, 0x184d2a50, UINT32_MAX & 0xff);
	poke(&alone, 4, UINT32_MAX, 4);
	ok(!compression_name(buffer_bytes(&alone)), "a frame without content that is too long is nothing");
}

int main(void)
{
	AUTO_FREE char *text = packed_text();
	struct bytes wanted = text_bytes(text);

	for (const struct packed_sample *sample = packed_samples; sample->name; sample++) {
		if (!is_built_in(sample->name)) {
			test_not_built_in(sample);
			continue;
		}
		test_sample(sample, wanted);
		test_members(sample, wanted);
		test_each_length(sample, wanted);
		test_bit_flips(sample);
		if (!strcmp(sample->name, "zstd") || !strncmp(sample->name, "lz4", 3))
			test_skippable_frames(sample, wanted);
	}
	test_unknown();
	test_lzma_headers();
#ifdef HAVE_ZLIB
	test_nothing_behind_the_limit(wanted);
#endif
	test_large();
#ifdef HAVE_LZMA
	test_large_dictionary();
	test_told_size();
#endif
#ifdef HAVE_ZSTD
	test_large_window();
#endif
	return tap_done();
}
