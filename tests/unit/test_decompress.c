/* SPDX-License-Identifier: GPL-2.0-only */
/* Compressed files of every tool: whole, several, cut off, damaged, and what is none. */
#include "lib/unpack/decompress.h"

#include <stdlib.h>

#include "config.h"
#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/packed_samples.h"
#include "tests/unit/unpack_check.h"

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

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

static void test_sample(const struct packed_sample *sample, struct bytes text)
{
	is_text(compression_name(sample->bytes), sample->name, "what %s writes is known as %s", sample->tool, sample->name);
	ok(unpacks_to(sample->bytes, MIB, text), "what %s writes is unpacked", sample->tool);
	ok(unpacks_to(sample->bytes, text.size, text), "%s: exactly the limit is accepted", sample->tool);
	ok(unpack_refused(sample->bytes, text.size - 1, "unpacks to more than 990 bytes"), "%s: one byte more is not",
	   sample->tool);
	ok(unpack_refused(sample->bytes, 0, "unpacks to more than 0 bytes"), "%s: a limit of nothing", sample->tool);
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
	ok(unpack_refused(buffer_bytes(&packed), wanted.size - 1, "unpacks to more than 2972 bytes"),
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
	ok(unpack_refused(buffer_bytes(&packed), MIB, "something else follows its end"),
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
	ok(unpack_refused((struct bytes){ sample->bytes.data, sample->bytes.size - 1 }, MIB, "data is cut off: it ends after"),
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
	ok(unpack_refused(sample->bytes, MIB, "this program was built without"), "%s: says that it was not built in", sample->name);
}

/* What begins like nothing known, or only a little. */
static void test_unknown(void)
{
	static const char *const others[] = {
		"", "\x1f", "BZ", "MZ", "\3757zX", "\x28\xb5\x2f", "]\1\2\3\4\5\6\7\10\11\12\13\14\15",
	};

	for (size_t i = 0; i < ARRAY_COUNT(others); i++)
		ok(!compression_name(text_bytes(others[i])), "no compression is seen in unknown bytes %zu", i);
	ok(unpack_refused(text_bytes("hello"), MIB, "not compressed in a way that is known"), "unknown bytes are an error");
	is_text(compression_name(text_bytes("BZh91AY")), "bzip2", "bzip2 is known");
	ok(unpack_refused(text_bytes("BZh91AY"), MIB, "bzip2 data cannot be unpacked here: unpack it first"), "and not unpacked");
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
	ok(unpack_refused(buffer_bytes(&packed), MIB, "data is "), "%s: such a frame that is cut off is an error", sample->tool);

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
	return tap_done();
}
