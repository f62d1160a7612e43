/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/kernel_symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"

/* "ffffffff81000000 T _stext", or with a module's name behind a tab. */
static void take_line(const char *line, size_t length, struct kernel_symbol *symbols, size_t count)
{
	uint64_t linear;
	const char *at = line;

	if (!parse_hex(&at, &linear) || (size_t)(at - line) + 3 >= length || at[0] != ' ' || at[2] != ' ')
		return;
	at += 3;
	length -= (size_t)(at - line);
	for (size_t i = 0; i < count; i++)
		if (symbols[i].linear == UINT64_MAX && strlen(symbols[i].name) == length &&
		    !memcmp(symbols[i].name, at, length))
			symbols[i].linear = linear;
}

struct error *kernel_symbols_read(const char *root, struct kernel_symbol *symbols, size_t count)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, "/proc/kallsyms", &text, NULL);

	if (error)
		return error;
	for (size_t i = 0; i < count; i++)
		symbols[i].linear = UINT64_MAX;
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");

		take_line(line, length, symbols, count);
		line += length + (line[length] == '\n');
	}
	return NULL;
}
