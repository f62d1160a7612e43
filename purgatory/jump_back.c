/* SPDX-License-Identifier: GPL-2.0-only */
#include "purgatory/jump_back.h"

static const char appended[] = " " JUMP_BACK_WORD "0x";

/* Is this what `text` begins with? */
static bool starts_with(const char *text, const char *start)
{
	while (*start)
		if (*text++ != *start++)
			return false;
	return true;
}

/* Length of the text without a jump-back entry at its end. */
static size_t length_without_entry(const char *cmdline, size_t length)
{
	size_t word = length;

	while (word > 0 && cmdline[word - 1] != ' ')
		word--;
	if (!starts_with(cmdline + word, JUMP_BACK_WORD))
		return length;
	return word ? word - 1 : 0;
}

static unsigned int count_digits(uint64_t value)
{
	unsigned int digits = 1;

	while (value >>= 4)
		digits++;
	return digits;
}

bool jump_back_append(char *cmdline, size_t size_bytes, uint64_t entry)
{
	unsigned int digits = count_digits(entry);
	size_t length = 0;

	while (length < size_bytes && cmdline[length])
		length++;
	if (length == size_bytes)
		return false;
	length = length_without_entry(cmdline, length);
	if (size_bytes - length < sizeof(appended) + digits)
		return false;

	for (size_t i = 0; i < sizeof(appended) - 1; i++)
		cmdline[length++] = appended[i];
	while (digits--)
		cmdline[length++] = "0123456789abcdef"[entry >> 4 * digits & 15];
	cmdline[length] = '\0';
	return true;
}
