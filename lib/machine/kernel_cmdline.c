/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/kernel_cmdline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/span.h"
#include "lib/base/text.h"
#include "purgatory/cmdline_split.h"

/* Text that grows. */
struct builder {
	char *text;
	size_t length;
};

static struct builder builder_for(size_t size)
{
	return (struct builder){ .text = xcalloc(size + 1, 1) };
}

/* Appends `length` bytes, with a blank before them if there is something already. */
static void put(struct builder *to, const char *from, size_t length)
{
	if (!length)
		return;
	if (to->length)
		to->text[to->length++] = ' ';
	memcpy(to->text + to->length, from, length);
	to->length += length;
}

static bool is_one_of(const char *cmdline, const struct cmdline_word *word, const char *const *names)
{
	for (; *names; names++)
		if (cmdline_word_is(cmdline, word, *names))
			return true;
	return false;
}

char *cmdline_without(const char *cmdline, const char *const *names)
{
	struct builder result = builder_for(strlen(cmdline));
	struct cmdline_word word;
	size_t at = 0;

	for (; cmdline_parameter_at(cmdline, at, &word); at = word.end)
		if (!is_one_of(cmdline, &word, names))
			put(&result, cmdline + word.start, word.end - word.start);
	at = cmdline_skip_blanks(cmdline, at);
	put(&result, cmdline + at, strlen(cmdline + at));
	return result.text;
}

char *cmdline_parameters(const char *cmdline)
{
	struct cmdline_word word;
	size_t end = 0;

	while (cmdline_parameter_at(cmdline, end, &word))
		end = word.end;
	return xstrndup(cmdline, end);
}

/* The parts of a command line, which are joined separately. They borrow from it. */
struct parts {
	const char *parameters; /* with closed quotes */
	size_t parameters_length;
	const char *open;       /* a parameter whose quote is not closed; "" */
	const char *arguments;  /* behind "--"; "" */
	bool has_separator;
	bool open_arguments;    /* a quote in the arguments is not closed */
};

static bool ends_unclosed(const char *text)
{
	struct cmdline_word word = { 0 };

	for (size_t at = 0; cmdline_word_at(text, at, &word); at = word.end)
		if (word.unclosed)
			return true;
	return false;
}

static struct parts split(const char *cmdline)
{
	size_t at = cmdline_skip_blanks(cmdline, 0), tail;
	struct parts parts = { .parameters = cmdline + at, .open = "", .arguments = "" };
	struct cmdline_word word;

	cmdline_insertion_point(parts.parameters, &parts.parameters_length, &tail);
	if (!cmdline_word_at(parts.parameters, tail, &word))
		return parts;
	parts.has_separator = cmdline_word_is_separator(parts.parameters, &word);
	if (parts.has_separator)
		parts.arguments = parts.parameters + cmdline_skip_blanks(parts.parameters, word.end);
	else
		parts.open = parts.parameters + word.start;
	parts.open_arguments = ends_unclosed(parts.arguments);
	return parts;
}

/* Appends a text, and a quote that closes its last if something follows. */
static void put_open(struct builder *to, const char *text, bool close)
{
	put(to, text, strlen(text));
	if (*text && close)
		to->text[to->length++] = '"';
}

static void put_joined(struct builder *to, const struct parts *a, const struct parts *b)
{
	bool has_separator = a->has_separator || b->has_separator;

	put(to, a->parameters, a->parameters_length);
	put(to, b->parameters, b->parameters_length);
	put_open(to, a->open, *b->open || has_separator);
	put_open(to, b->open, has_separator);
	if (has_separator)
		put(to, "--", 2);
	put_open(to, a->arguments, a->open_arguments && *b->arguments);
	put(to, b->arguments, strlen(b->arguments));
}

char *cmdline_join(const char *first, const char *second)
{
	if (!first || !*first || !second || !*second)
		return cmdline_concat(first, second);

	const struct parts a = split(first), b = split(second);
	/* Blanks between seven parts, and three quotes. */
	struct builder result = builder_for(strlen(first) + strlen(second) + strlen("--") + 10);

	put_joined(&result, &a, &b);
	return result.text;
}

char *cmdline_override(const char *first, const char *second)
{
	AUTO_FREE char *left = xstrdup(first ? first : "");
	struct cmdline_word word;

	for (size_t at = 0; second && cmdline_parameter_at(second, at, &word); at = word.end) {
		AUTO_FREE char *before = left;
		AUTO_FREE char *name = xstrndup(second + word.name_start, word.name_end - word.name_start);

		left = cmdline_without(before, (const char *const[]){ name, NULL });
	}
	return cmdline_join(left, second);
}

char *cmdline_concat(const char *first, const char *second)
{
	bool both = first && *first && second && *second;

	return xasprintf("%s%s%s", first ? first : "", both ? " " : "", second ? second : "");
}

unsigned int cmdline_find(const char *cmdline, const char *name, char **ret_value)
{
	struct cmdline_word word;
	unsigned int count = 0;

	for (size_t at = 0; cmdline_parameter_at(cmdline, at, &word); at = word.end) {
		if (!cmdline_word_is(cmdline, &word, name))
			continue;
		if (count++)
			free(*ret_value);
		*ret_value = xstrndup(cmdline + word.value_start, word.value_end - word.value_start);
	}
	return count;
}

bool cmdline_has_early_word(const char *cmdline, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = cmdline; (at = strstr(at, word)); at += length)
		if ((at == cmdline || (unsigned char)at[-1] <= ' ') && (unsigned char)at[length] <= ' ')
			return true;
	return false;
}

struct error *jump_back_entry_parse(const char *text, const char *from, uint64_t *ret_entry)
{
	uint64_t entry;

	if (!parse_number(text, &entry))
		return error_new("%s \"%s\" is not an address: a physical address such as 0x2a1b000 is needed", from,
				 text);
	if (entry < PAGE_SIZE_BYTES || entry >= SPAN_ADDRESS_END)
		return error_new("%s 0x%" PRIx64 " is no address of memory that a kernel could continue at", from,
				 entry);
	*ret_entry = entry;
	return NULL;
}

struct error *cmdline_jump_back_entry(const char *cmdline, uint64_t *ret_entry)
{
	AUTO_FREE char *value = NULL;
	unsigned int count = cmdline_find(cmdline, JUMP_BACK_ENTRY_KEY, &value);

	if (!count)
		return error_new("no " JUMP_BACK_ENTRY_KEY "= on this kernel's command line: it was not started by a "
				 "jump; give the entry with --entry");
	if (count > 1)
		return error_new(JUMP_BACK_ENTRY_KEY "= is on this kernel's command line %u times; name one with "
				 "--entry",
				 count);
	return jump_back_entry_parse(value, JUMP_BACK_ENTRY_KEY "=", ret_entry);
}
