/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/kernel_symbols.h"

#include <errno.h>
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

/* Line by line: the list has ten megabytes and more, and the kernel that is gone back from may have few to spare. */
static void read_lines(FILE *file, struct kernel_symbol *symbols, size_t count)
{
	AUTO_FREE char *line = NULL;
	size_t capacity = 0;
	ssize_t length;

	while ((length = getline(&line, &capacity, file)) > 0)
		take_line(line, (size_t)length - (line[length - 1] == '\n'), symbols, count);
}

struct error *kernel_symbols_read(const char *root, struct kernel_symbol *symbols, size_t count)
{
	AUTO_FREE char *path = path_below(root, "/proc/kallsyms");
	FILE *file = fopen(path, "re");

	if (!file)
		return error_errno(errno, "cannot open file \"%s\"", path);
	for (size_t i = 0; i < count; i++)
		symbols[i].linear = UINT64_MAX;
	read_lines(file, symbols, count);

	struct error *error = ferror(file) ? error_errno(errno, "cannot read \"%s\"", path) : NULL;

	fclose(file);
	return error;
}
