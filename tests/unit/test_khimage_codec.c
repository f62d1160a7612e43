/* SPDX-License-Identifier: GPL-2.0-only */
/* Chunks of a snapshot: packed and unpacked by each compression, with and without pages of one repeated word. */
#include "config.h"
#include "lib/base/alloc.h"
#include "lib/base/span.h"
#include "lib/khimage/khimage_codec.h"
#include "lib/khimage/khimage_parse.h"
#include "tests/tap.h"

enum content { RANDOM, EVEN, WORD, ZERO, ALMOST_WORD };

static void fill(uint8_t *page, enum content content, uint64_t *state)
{
	uint64_t words[PAGE_SIZE_BYTES / sizeof(uint64_t)];

	for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
		*state = *state * 6364136223846793005u + 1442695040888963407u;
		words[i] = content == RANDOM ? *state >> 8 ^ *state << 40 : content == ZERO ? 0 : 0x6b6b6b6b6b6b6ba5;
		if (content == EVEN)
			words[i] = i / 8;
	}
	if (content == ALMOST_WORD)
		words[ARRAY_COUNT(words) - 1]++;
	memcpy(page, words, sizeof(words));
}

/* A chunk of pages of these contents, one after the other, and again. */
struct sample {
	const char *name;
	size_t page_count;
	enum content contents[4];
	uint32_t words_bytes; /* the map and the words; 0: it has none */
	size_t other_pages;
};

static const struct sample samples[] = {
	{ "random pages", 64, { RANDOM, RANDOM, RANDOM, RANDOM }, 0, 64 },
	{ "pages that shrink", 64, { EVEN, EVEN, EVEN, EVEN }, 0, 64 },
	{ "a page", 1, { EVEN }, 0, 1 },
	{ "a page of one word", 1, { WORD }, 16, 0 },
	{ "words alone", 64, { WORD, ZERO, WORD, ZERO }, 8 + 64 * 8, 0 },
	{ "words between pages that shrink", 64, { EVEN, WORD, EVEN, EVEN }, 8 + 16 * 8, 48 },
	{ "words between random pages", 63, { WORD, RANDOM, RANDOM, WORD }, 8 + 31 * 8, 32 },
	{ "pages that differ from one word at their end", 8, { ALMOST_WORD, RANDOM, RANDOM, RANDOM }, 0, 8 },
};

static uint8_t *make_pages(const struct sample *sample)
{
	uint8_t *pages = xpages(KHIMAGE_CHUNK_BYTES);
	uint64_t state = 1;

	for (size_t i = 0; i < sample->page_count; i++)
		fill(pages + i * PAGE_SIZE_BYTES, sample->contents[i % 4], &state);
	return pages;
}

static void test_sample(const struct sample *sample, uint32_t compression)
{
	AUTO_KHIMAGE_CODEC struct khimage_codec codec = { 0 };
	AUTO_FREE uint8_t *pages = make_pages(sample), *wanted = make_pages(sample);
	AUTO_FREE uint8_t *packed = xpages(KHIMAGE_CHUNK_BYTES), *to = xpages(KHIMAGE_CHUNK_BYTES);
	size_t size = sample->page_count * PAGE_SIZE_BYTES;
	const char *method = khimage_compression_name(compression);
	struct khimage_chunk chunk;
	const uint8_t *got, *stored = khimage_codec_pack(&codec, compression, pages, size, packed, &chunk);
	bool shrinks = compression != KHIMAGE_NONE && sample->other_pages && sample->contents[0] == EVEN;
	uint64_t plain = sample->words_bytes + sample->other_pages * PAGE_SIZE_BYTES;

	ok(shrinks ? chunk.stored_bytes < plain : chunk.stored_bytes <= plain, "%s, %s: %u bytes are stored", method,
	   sample->name, chunk.stored_bytes);
	is_u64((chunk.compression & KHIMAGE_WORDS) != 0, sample->words_bytes != 0, "%s, %s: words are stored as such",
	       method, sample->name);
	memset(to, 0x55, KHIMAGE_CHUNK_BYTES);
	struct error *error = khimage_codec_unpack(&codec, &chunk, stored, to, &got);

	if (!ok(!error && !memcmp(got, wanted, size), "%s, %s: unpacked", method, sample->name))
		diag("%s", error ? error_text(error) : "to something else");
	error_free(error);
}

/* Unpacks a chunk of these bytes; whether it is refused. */
static bool is_refused(const uint8_t *stored, uint32_t stored_bytes, uint16_t page_count, uint32_t compression)
{
	AUTO_KHIMAGE_CODEC struct khimage_codec codec = { 0 };
	AUTO_FREE uint8_t *to = xpages(KHIMAGE_CHUNK_BYTES), *exact = xcalloc(stored_bytes + 1, 1);
	const struct khimage_chunk chunk = { khimage_digest(stored, stored_bytes), stored_bytes, page_count,
					     (uint16_t)(compression | KHIMAGE_WORDS) };
	const uint8_t *got;

	memcpy(exact, stored, stored_bytes);
	struct error *error = khimage_codec_unpack(&codec, &chunk, exact, to, &got);
	bool refused = error && strstr(error_text(error), "cannot be unpacked");

	error_free(error);
	return refused;
}

static void test_contradictions(void)
{
	AUTO_FREE uint8_t *stored = xcalloc(KHIMAGE_CHUNK_BYTES, 1);

	stored[0] = 5; /* pages 0 and 2 */
	ok(is_refused(stored, 24, 3, KHIMAGE_NONE), "a page without content is refused");
	ok(!is_refused(stored, 24 + 4096, 3, KHIMAGE_NONE), "two words and a page are three pages");
	ok(is_refused(stored, 24 + 4095, 3, KHIMAGE_NONE), "not with a byte less");
	ok(is_refused(stored, 24 + 4097, 3, KHIMAGE_NONE), "not with a byte more");
	ok(is_refused(stored, 23, 3, KHIMAGE_NONE), "words that are cut off are refused");
	ok(is_refused(stored, 7, 3, KHIMAGE_NONE), "a map that is cut off is refused");
	ok(is_refused(stored, 24, 2, KHIMAGE_NONE), "a word for a page behind the last is refused");
#ifdef HAVE_LZ4
	ok(is_refused(stored, 24 + 8, 2, KHIMAGE_LZ4), "so it is with packed pages");
#endif
	memset(stored, 0xff, 8);
	ok(!is_refused(stored, 8 + 64 * 8, 64, KHIMAGE_NONE), "64 words are 64 pages");
	memset(stored, 0, 8);
	ok(is_refused(stored, 8 + 4096, 1, KHIMAGE_NONE), "a map of nothing is refused");
}

int main(void)
{
	for (uint32_t compression = KHIMAGE_NONE; compression <= KHIMAGE_ZSTD; compression++) {
		struct error *error = khimage_codec_available(compression);

		for (size_t i = 0; !error && i < ARRAY_COUNT(samples); i++)
			test_sample(&samples[i], compression);
		error_free(error);
	}
	test_contradictions();
	return tap_done();
}
