/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of a chunk that stands for its pages of one repeated word (KHIMAGE_WORDS, include/khimage_format.h). */
#ifndef KJ_PAGE_WORDS_H
#define KJ_PAGE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/khimage_format.h"

struct page_words {
	uint64_t map; /* bit n: page n repeats a word */
	uint64_t words[KHIMAGE_CHUNK_PAGES]; /* of those pages, in order */
};

/* The number of pages that repeat a word, and the bytes that stand for them; 0 bytes if there are none. */
size_t page_words_count(const struct page_words *words);
size_t page_words_bytes(const struct page_words *words);

/* Finds the pages that repeat a word, and moves the others together, to the front. Returns the number of others. */
size_t page_words_take(uint8_t *pages, size_t page_count, struct page_words *ret_words);

/* Writes page_words_bytes() bytes. */
void page_words_write(const struct page_words *words, uint8_t *to);

/* False if `stored` cannot begin a chunk of `page_count` pages, at most KHIMAGE_CHUNK_PAGES. */
bool page_words_read(const uint8_t *stored, size_t stored_bytes, size_t page_count, struct page_words *ret_words);

/* Puts all pages in their places: the words' and the `others`, which may be the beginning of `pages`. */
void page_words_put(const struct page_words *words, const uint8_t *others, uint8_t *pages, size_t page_count);

#endif
