/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/folder.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

void folder_names_init(struct folder_names *names, const char *root, const char *folder, bool (*is_wanted)(const char *name))
{
	AUTO_FREE char *path = path_below(root, folder);
	DIR *entries = opendir(path);
	const struct dirent *entry;
	size_t capacity = 0;

	*names = (struct folder_names){ 0 };
	if (!entries)
		return;
	while ((entry = readdir(entries))) {
		if (!is_wanted(entry->d_name))
			continue;
		names->names = xgrow(names->names, &capacity, names->count + 1, sizeof(*names->names));
		names->names[names->count++] = xstrdup(entry->d_name);
	}
	closedir(entries);
	if (names->count)
		qsort(names->names, names->count, sizeof(*names->names), compare_names);
}

void folder_names_deinit(struct folder_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
}

bool is_number_name(const char *name)
{
	return *name && name[strspn(name, "0123456789")] == '\0';
}

void process_names_init(struct folder_names *names, const char *root)
{
	folder_names_init(names, root, "/proc", is_number_name);
}
