/* SPDX-License-Identifier: GPL-2.0-only */
#include "purgatory/cmdline_entry.h"

#include "purgatory/cmdline_split.h"

#define HEX_PREFIX "=0x"

static unsigned int count_digits(uint64_t value)
{
	unsigned int digits = 1;

	while (value >>= 4)
		digits++;
	return digits;
}

static size_t length_of(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

/* Moves the text at `from`, its NUL included, to `to`, in one buffer. */
static void move_text(char *text, size_t to, size_t from)
{
	__builtin_memmove(text + to, text + from, length_of(text + from) + 1);
}

/* The next jump-back entry from `at` on, with the blanks after it. */
static bool find_entry(const char *text, size_t at, size_t *ret_start, size_t *ret_end)
{
	struct cmdline_word word;

	for (; cmdline_parameter_at(text, at, &word); at = word.end) {
		if (!cmdline_word_is(text, &word, JUMP_BACK_ENTRY_KEY))
			continue;
		*ret_start = word.start;
		*ret_end = cmdline_skip_blanks(text, word.end);
		return true;
	}
	return false;
}

/* Length of the text without its jump-back entries. */
static size_t length_without_entries(const char *text)
{
	size_t length = length_of(text), start, end = 0;

	while (find_entry(text, end, &start, &end))
		length -= end - start;
	return length;
}

static void remove_entries(char *text)
{
	size_t start = 0, end;

	while (find_entry(text, start, &start, &end))
		move_text(text, start, end);
}

static size_t put(char *text, size_t at, const char *from)
{
	while (*from)
		text[at++] = *from++;
	return at;
}

static void insert(char *text, uint64_t entry, unsigned int digits)
{
	const size_t word_size = sizeof(JUMP_BACK_ENTRY_KEY HEX_PREFIX) - 1 + digits;
	size_t at, tail;

	cmdline_insertion_point(text, &at, &tail);

	bool has_head = at > 0, has_tail = text[tail] != '\0';
	size_t end = at + has_head + word_size;

	move_text(text, end + has_tail, tail);
	if (has_head)
		at = put(text, at, " ");
	at = put(text, at, JUMP_BACK_ENTRY_KEY HEX_PREFIX);
	while (digits--)
		text[at++] = "0123456789abcdef"[entry >> 4 * digits & 15];
	if (has_tail)
		text[end] = ' ';
}

bool cmdline_entry_insert(char *cmdline, size_t size_bytes, uint64_t entry)
{
	unsigned int digits = count_digits(entry);
	size_t length = 0;

	while (length < size_bytes && cmdline[length])
		length++;
	if (length == size_bytes)
		return false;
	/* A blank, and the NUL. */
	if (size_bytes - length_without_entries(cmdline) < 1 + sizeof(JUMP_BACK_ENTRY_KEY HEX_PREFIX) + digits)
		return false;
	remove_entries(cmdline);
	insert(cmdline, entry, digits);
	return true;
}
