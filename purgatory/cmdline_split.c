/* SPDX-License-Identifier: GPL-2.0-only */
#include "purgatory/cmdline_split.h"

/*
 * Those of lib/ctype.c but for Latin-1's no-break space, 0xa0, which is a part of many letters of UTF-8: the kernel
 * cuts a name such as root=LABEL= there, and the initramfs, which looks for the root, does not.
 */
static bool is_blank(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

size_t cmdline_skip_blanks(const char *text, size_t at)
{
	while (is_blank(text[at]))
		at++;
	return at;
}

/* Sets name and value of a word whose bounds are known; equals: offset of its first "=", 0 if there is none. */
static void split_word(const char *text, struct cmdline_word *word, size_t equals)
{
	bool last_is_quote = word->end > word->name_start && text[word->end - 1] == '"';
	size_t end = word->name_start > word->start && last_is_quote ? word->end - 1 : word->end;

	word->has_value = equals > 0;
	word->name_end = equals ? equals : end;
	word->value_start = equals ? equals + 1 : end;
	if (equals && text[equals + 1] == '"' && equals + 1 < word->end) {
		word->value_start++;
		end = last_is_quote ? word->end - 1 : word->end;
	}
	word->value_end = end > word->value_start ? end : word->value_start;
}

bool cmdline_word_at(const char *text, size_t at, struct cmdline_word *ret_word)
{
	size_t start = cmdline_skip_blanks(text, at), equals = 0;
	bool quoted = text[start] == '"';
	struct cmdline_word word = { .start = start, .name_start = start + quoted };

	for (at = word.name_start; text[at] && (quoted || !is_blank(text[at])); at++) {
		/* A "=" at the start of a word belongs to its name. */
		if (text[at] == '=' && at > word.name_start && !equals)
			equals = at;
		if (text[at] == '"')
			quoted = !quoted;
	}
	word.end = at;
	word.unclosed = quoted;
	split_word(text, &word, equals);
	*ret_word = word;
	return word.end > word.start;
}

bool cmdline_word_is_separator(const char *text, const struct cmdline_word *word)
{
	return !word->has_value && word->name_end - word->name_start == 2 && text[word->name_start] == '-' &&
	       text[word->name_start + 1] == '-';
}

static char dash_to_underscore(char byte)
{
	return byte == '-' ? '_' : byte;
}

bool cmdline_word_is(const char *text, const struct cmdline_word *word, const char *name)
{
	for (size_t at = word->name_start; at < word->name_end; at++, name++)
		if (dash_to_underscore(text[at]) != dash_to_underscore(*name))
			return false;
	return !*name;
}

bool cmdline_parameter_at(const char *text, size_t at, struct cmdline_word *ret_word)
{
	return cmdline_word_at(text, at, ret_word) && !cmdline_word_is_separator(text, ret_word);
}

void cmdline_insertion_point(const char *text, size_t *ret_head_end, size_t *ret_tail)
{
	struct cmdline_word word;

	*ret_head_end = 0;
	while (cmdline_parameter_at(text, *ret_head_end, &word) && !word.unclosed)
		*ret_head_end = word.end;
	*ret_tail = cmdline_skip_blanks(text, *ret_head_end);
}
