/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void *checked(void *pointer)
{
	if (!pointer) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return pointer;
}

void *xcalloc(size_t count, size_t size_bytes)
{
	return checked(calloc(count ? count : 1, size_bytes ? size_bytes : 1));
}

void *xaligned(size_t align, size_t size_bytes)
{
	return checked(aligned_alloc(align, (size_bytes + align - 1) / align * align));
}

void *xpages(size_t size_bytes)
{
	return xaligned(4096, size_bytes);
}

void *xgrow(void *items, size_t *capacity, size_t needed, size_t size_bytes)
{
	size_t grown = *capacity ? *capacity : 8;

	if (needed <= *capacity && items)
		return items;
	while (grown < needed) {
		if (grown > SIZE_MAX / 2)
			checked(NULL);
		grown *= 2;
	}
	if (grown > SIZE_MAX / size_bytes)
		checked(NULL);
	items = checked(realloc(items, grown * size_bytes));
	*capacity = grown;
	return items;
}

char *xstrdup(const char *text)
{
	return checked(strdup(text));
}

char *xstrndup(const char *text, size_t length)
{
	return checked(strndup(text, length));
}

char *xvasprintf(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	return checked(text);
}

char *xasprintf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = xvasprintf(format, args);
	va_end(args);
	return text;
}
