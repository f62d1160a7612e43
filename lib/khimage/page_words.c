/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/page_words.h"

#include <string.h>

#include "lib/base/span.h"

size_t page_words_count(const struct page_words *words)
{
	return (size_t)__builtin_popcountll(words->map);
}

size_t page_words_bytes(const struct page_words *words)
{
	return words->map ? sizeof(words->map) + page_words_count(words) * sizeof(words->words[0]) : 0;
}

static bool repeats_a_word(const uint8_t *page)
{
	const size_t word = sizeof(uint64_t);

	return !memcmp(page, page + word, PAGE_SIZE_BYTES - word);
}

size_t page_words_take(uint8_t *pages, size_t page_count, struct page_words *ret_words)
{
	size_t others = 0;

	ret_words->map = 0;
	for (size_t i = 0; i < page_count; i++) {
		const uint8_t *page = pages + i * PAGE_SIZE_BYTES;

		if (repeats_a_word(page)) {
			memcpy(&ret_words->words[i - others], page, sizeof(ret_words->words[0]));
			ret_words->map |= UINT64_C(1) << i;
			continue;
		}
		if (others != i)
			memcpy(pages + others * PAGE_SIZE_BYTES, page, PAGE_SIZE_BYTES);
		others++;
	}
	return others;
}

void page_words_write(const struct page_words *words, uint8_t *to)
{
	if (!words->map)
		return;
	memcpy(to, &words->map, sizeof(words->map));
	memcpy(to + sizeof(words->map), words->words, page_words_bytes(words) - sizeof(words->map));
}

bool page_words_read(const uint8_t *stored, size_t stored_bytes, size_t page_count, struct page_words *ret_words)
{
	if (stored_bytes < sizeof(ret_words->map))
		return false;
	memcpy(&ret_words->map, stored, sizeof(ret_words->map));
	if (!ret_words->map || stored_bytes < page_words_bytes(ret_words) ||
	    (page_count < KHIMAGE_CHUNK_PAGES && ret_words->map >> page_count))
		return false;
	memcpy(ret_words->words, stored + sizeof(ret_words->map),
	       page_words_bytes(ret_words) - sizeof(ret_words->map));
	return true;
}

static void fill_page(uint8_t *page, uint64_t word)
{
	for (size_t at = 0; at < PAGE_SIZE_BYTES; at += sizeof(word))
		memcpy(page + at, &word, sizeof(word));
}

/* From the last page to the first: no page is overwritten before it was moved. */
void page_words_put(const struct page_words *words, const uint8_t *others, uint8_t *pages, size_t page_count)
{
	size_t words_left = page_words_count(words);

	for (size_t i = page_count; i-- > 0;) {
		uint8_t *page = pages + i * PAGE_SIZE_BYTES;

		if (words->map >> i & 1) {
			fill_page(page, words->words[--words_left]);
			continue;
		}
		/* words_left are before page i. */
		const uint8_t *other = others + (i - words_left) * PAGE_SIZE_BYTES;

		if (page != other)
			memcpy(page, other, PAGE_SIZE_BYTES);
	}
}
