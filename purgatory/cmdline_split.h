/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Linux command line split into words as the kernel splits it (lib/cmdline.c,
 * next_arg; kernel/params.c, parse_args): blanks separate words, except between
 * double quotes, which may be anywhere in a word; a quote that is not closed
 * extends to the end of the text. The parameters end at a stand-alone "--"; the words
 * after it are arguments of init, not parameters of the kernel.
 *
 * Shared by purgatory and the programs: no allocation, no C library.
 */
#ifndef KJ_CMDLINE_SPLIT_H
#define KJ_CMDLINE_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

/* One word; all positions are offsets in the text. */
struct cmdline_word {
	size_t start, end;             /* with its quotes */
	size_t name_start, name_end;   /* before the first "=", without the quotes that enclose the word */
	size_t value_start, value_end; /* after it, without the quotes that enclose it; equal if there is no "=" */
	bool has_value;
	bool unclosed; /* its last quote extends to the end of the text */
};

/* The offset of the first byte from `at` on that is no blank (of ASCII); of the NUL if all are. */
size_t cmdline_skip_blanks(const char *text, size_t at);

/* The first word that begins at or after `at`; false if there is none. Continue at ret_word->end. */
bool cmdline_word_at(const char *text, size_t at, struct cmdline_word *ret_word);

/* Whether the word is the "--" that ends the parameters. */
bool cmdline_word_is_separator(const char *text, const struct cmdline_word *word);

/*
 * Whether the word is the parameter `name`. Dashes and underscores are equal
 * (kernel/params.c, parameq).
 */
bool cmdline_word_is(const char *text, const struct cmdline_word *word, const char *name);

/*
 * The next parameter at or after `at`: as cmdline_word_at, but also false at a
 * separator.
 */
bool cmdline_parameter_at(const char *text, size_t at, struct cmdline_word *ret_word);

/*
 * Where a parameter can be inserted: text[0..ret_head_end) ends with a word or
 * is empty; text[ret_tail..] begins with "--", or with a word whose quote is
 * not closed, or is empty. Between the two are only blanks.
 */
void cmdline_insertion_point(const char *text, size_t *ret_head_end, size_t *ret_tail);

#endif
