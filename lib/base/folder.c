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

/* In order; of the same names one is enough. */
static void sort(struct folder_names *names)
{
	size_t count = 0;

	if (!names->count)
		return;
	qsort(names->names, names->count, sizeof(*names->names), compare_names);
	for (size_t i = 0; i < names->count; i++)
		if (count && !strcmp(names->names[count - 1], names->names[i]))
			free(names->names[i]);
		else
			names->names[count++] = names->names[i];
	names->count = count;
}

void folder_names_add(struct folder_names *names, const char *root, const char *folder, bool (*is_wanted)(const char *name))
{
	AUTO_FREE char *path = path_below(root, folder);
	DIR *entries = opendir(path);
	const struct dirent *entry;

	if (!entries)
		return;
	while ((entry = readdir(entries))) {
		if (!is_wanted(entry->d_name))
			continue;
		names->names = xgrow(names->names, &names->capacity, names->count + 1, sizeof(*names->names));
		names->names[names->count++] = xstrdup(entry->d_name);
	}
	closedir(entries);
	sort(names);
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

bool is_virtio_name(const char *name)
{
	return !strncmp(name, "virtio", strlen("virtio"));
}

bool is_visible_name(const char *name)
{
	return *name != '.';
}

void process_names_add(struct folder_names *names, const char *root)
{
	folder_names_add(names, root, "/proc", is_number_name);
}
