/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"

struct error {
	char *text;
	int errno_value;
};

static struct error *error_make(char *text, int errno_value)
{
	struct error *error = xcalloc(1, sizeof(*error));

	error->text = text;
	error->errno_value = errno_value;
	return error;
}

struct error *error_new(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = xvasprintf(format, args);
	va_end(args);
	return error_make(text, 0);
}

struct error *error_errno(int errno_value, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *what = xvasprintf(format, args);
	va_end(args);
	char *text = xasprintf("%s: %s", what, strerror(errno_value));
	free(what);
	return error_make(text, errno_value);
}

struct error *error_prefix(struct error *error, const char *format, ...)
{
	va_list args;

	if (!error)
		return NULL;
	va_start(args, format);
	char *context = xvasprintf(format, args);
	va_end(args);
	char *text = xasprintf("%s: %s", context, error->text);
	free(context);
	free(error->text);
	error->text = text;
	return error;
}

const char *error_text(const struct error *error)
{
	return error->text;
}

int error_errno_value(const struct error *error)
{
	return error->errno_value;
}

int error_report(struct error *error, const char *program)
{
	if (!error)
		return EXIT_SUCCESS;
	fprintf(stderr, "%s: %s\n", program, error->text);
	error_free(error);
	return EXIT_FAILURE;
}

void error_free(struct error *error)
{
	if (!error)
		return;
	free(error->text);
	free(error);
}
