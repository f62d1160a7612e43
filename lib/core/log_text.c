/* SPDX-License-Identifier: GPL-2.0-only */
/* A record of a kernel's log as text (kernel_log.h). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/core/kernel_log.h"

/* kernel/printk/printk.c, printk_caller_id */
#define CALLER_IS_CPU UINT32_C(0x80000000)

static char *make_prefix(const struct log_record *record, bool with_caller)
{
	AUTO_FREE char *caller = NULL;

	if (!record->has_time)
		return xstrdup("");
	if (with_caller && record->has_caller) {
		char letter = record->caller & CALLER_IS_CPU ? 'C' : 'T';
		AUTO_FREE char *name = xasprintf("%c%" PRIu32, letter, record->caller & ~CALLER_IS_CPU);

		caller = xasprintf("[%6s]", name);
	}
	return xasprintf("[%5" PRIu64 ".%06" PRIu64 "]%s ", record->time_ns / 1000000000,
			 record->time_ns / 1000 % 1000000, caller ? caller : "");
}

/* Appends one character, escaped if need be. */
static size_t put_character(char *to, uint8_t character)
{
	if (character == '\t' || (character >= ' ' && character <= '~')) {
		*to = (char)character;
		return 1;
	}
	return (size_t)sprintf(to, "\\x%02x", character);
}

char *log_record_text(const struct log_record *record, bool with_caller)
{
	AUTO_FREE char *prefix = make_prefix(record, with_caller);
	size_t prefix_size = strlen(prefix), lines = 1, size = 0;

	for (size_t i = 0; i < record->text.size; i++)
		lines += record->text.data[i] == '\n';

	char *text = xcalloc(lines * (prefix_size + 1) + 4 * record->text.size + 2, 1);

	memcpy(text, prefix, prefix_size);
	size += prefix_size;
	for (size_t i = 0; i < record->text.size; i++) {
		if (record->text.data[i] != '\n') {
			size += put_character(text + size, record->text.data[i]);
			continue;
		}
		text[size++] = '\n';
		memcpy(text + size, prefix, prefix_size);
		size += prefix_size;
	}
	text[size] = '\n';
	return text;
}
