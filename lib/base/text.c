/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"

static bool suffix_shift(const char *suffix, unsigned int *ret_shift)
{
	static const char letters[] = "KMGT";

	if (!*suffix) {
		*ret_shift = 0;
		return true;
	}
	const char *found = strchr(letters, toupper((unsigned char)*suffix));

	if (!found || suffix[1])
		return false;
	*ret_shift = 10 * (unsigned int)(found - letters + 1);
	return true;
}

bool parse_number(const char *text, uint64_t *ret_value)
{
	char *end;
	unsigned int shift;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	unsigned long long value = strtoull(text, &end, 0);

	if (errno || !suffix_shift(end, &shift) || value << shift >> shift != value)
		return false;
	*ret_value = value << shift;
	return true;
}

bool parse_hex(const char **cursor, uint64_t *ret_value)
{
	char *end;

	if (!isxdigit((unsigned char)**cursor))
		return false;
	errno = 0;
	unsigned long long value = strtoull(*cursor, &end, 16);

	if (errno)
		return false;
	*cursor = end;
	*ret_value = value;
	return true;
}

char *next_line(const char **cursor)
{
	if (!**cursor)
		return NULL;

	size_t length = strcspn(*cursor, "\n");
	char *line = xstrndup(*cursor, length);

	*cursor += length + ((*cursor)[length] == '\n');
	return line;
}

char *line_value(const char *text, const char *key)
{
	size_t key_length = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, key_length) && line[key_length] == '=') {
			const char *value = line + key_length + 1;

			return xstrndup(value, strcspn(value, "\n"));
		}
	}
	return NULL;
}

bool line_number(const char *text, const char *key, int base, uint64_t *ret_value)
{
	AUTO_FREE char *value = line_value(text, key);
	char *end;

	if (!value || !*value)
		return false;
	errno = 0;
	uint64_t number = base == 10 && *value == '-' ? (uint64_t)strtoll(value, &end, 10) :
							strtoull(value, &end, base);

	if (errno || *end)
		return false;
	*ret_value = number;
	return true;
}
