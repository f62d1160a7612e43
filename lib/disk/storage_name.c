/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/storage_name.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/alloc.h"
#include "lib/base/text.h"

/* A name with the sign that exists as it is (of udev's links, or a file) is that of something whole. */
bool storage_name_split(const char *name, char **ret_path, uint64_t *ret_offset)
{
	const char *sign = strrchr(name, '@');
	struct stat status;
	bool is_mapped = sign && isdigit((unsigned char)sign[1]) && parse_number(sign + 1, ret_offset) &&
			 stat(name, &status);

	*ret_path = is_mapped ? xstrndup(name, (size_t)(sign - name)) : xstrdup(name);
	return is_mapped;
}

/* Whether an offset, "@" and digits, ends there. */
static bool ends_offset(const char *name, const char *end)
{
	const char *at = end;

	while (at > name && isdigit((unsigned char)at[-1]))
		at--;
	return at < end && at > name && at[-1] == '@';
}

/* The length of the first member: a comma separates only behind an offset. */
static size_t first_length(const char *name)
{
	const char *comma = strchr(name, ',');

	while (comma && !ends_offset(name, comma))
		comma = strchr(comma + 1, ',');
	return comma ? (size_t)(comma - name) : strlen(name);
}

char *storage_name_member(const char *name, size_t number)
{
	struct stat status;

	if (!stat(name, &status))
		return number ? NULL : xstrdup(name);
	for (; number; number--) {
		name += first_length(name);
		if (!*name)
			return NULL;
		name++;
	}
	return xstrndup(name, first_length(name));
}

bool storage_name_is_mapped(const char *name)
{
	AUTO_FREE char *first = storage_name_member(name, 0), *path = NULL;
	uint64_t offset;

	return storage_name_split(first, &path, &offset);
}

void storage_name_add(char **name, const char *member)
{
	AUTO_FREE char *before = *name;

	*name = before ? xasprintf("%s,%s", before, member) : xstrdup(member);
}
