/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/kernel_cmdline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/span.h"
#include "lib/base/text.h"

/* The next word of *cursor, blanks skipped; false at the end. */
static bool next_word(const char **cursor, const char **ret_word, size_t *ret_length)
{
	const char *at = *cursor + strspn(*cursor, " \t\n");
	bool quoted = false;

	*ret_word = at;
	for (; *at && (quoted || !strchr(" \t\n", *at)); at++)
		quoted ^= *at == '"';
	*ret_length = (size_t)(at - *ret_word);
	*cursor = at;
	return *ret_length > 0;
}

static bool has_key(const char *word, size_t length, const char *key)
{
	size_t key_length = strlen(key);

	return length >= key_length && !strncmp(word, key, key_length) &&
	       (length == key_length || word[key_length] == '=');
}

char *cmdline_without(const char *cmdline, const char *const *keys)
{
	char *result = xcalloc(strlen(cmdline) + 1, 1);
	size_t size = 0, length;
	const char *word;

	while (next_word(&cmdline, &word, &length)) {
		bool drop = false;

		for (const char *const *key = keys; *key; key++)
			drop |= has_key(word, length, *key);
		if (drop)
			continue;
		if (size)
			result[size++] = ' ';
		memcpy(result + size, word, length);
		size += length;
	}
	result[size] = '\0';
	return result;
}

char *cmdline_join(const char *first, const char *second)
{
	bool both = first && *first && second && *second;

	return xasprintf("%s%s%s", first ? first : "", both ? " " : "", second ? second : "");
}

unsigned int cmdline_find(const char *cmdline, const char *key, char **ret_value)
{
	unsigned int count = 0;
	const char *word;
	size_t length;

	while (next_word(&cmdline, &word, &length)) {
		size_t skip = strlen(key) + 1;

		if (!has_key(word, length, key))
			continue;
		if (count++)
			free(*ret_value);
		*ret_value = length > skip ? xstrndup(word + skip, length - skip) : xstrdup("");
	}
	return count;
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
		return error_new(JUMP_BACK_ENTRY_KEY "= is on this kernel's command line %u times; say which with "
				 "--entry",
				 count);
	return jump_back_entry_parse(value, JUMP_BACK_ENTRY_KEY "=", ret_entry);
}
