/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/device_claims.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/text.h"
#include "lib/disk/device_name.h"

#define RESUME_FOLDER "/etc/initramfs-tools/conf.d"

static bool names(const char *name, const char *path)
{
	AUTO_FREE char *found = NULL;
	struct error *error = device_name_find(name, &found);
	bool is_it = !error && !strcmp(found, path);

	error_free(error);
	return is_it;
}

static void add(char **text, const char *file, const char *line, const char *remedy)
{
	AUTO_FREE char *before = *text;

	*text = xasprintf("%s%s has the line \"%s\": %s\n", before, file, line, remedy);
}

/* The name of a device at the beginning of the line, behind `key`; heap, NULL if there is none. */
static char *name_in(const char *line, const char *key)
{
	while (isspace((unsigned char)*line))
		line++;
	if (*line == '#' || strncmp(line, key, strlen(key)) != 0)
		return NULL;
	line += strlen(key);
	line += strspn(line, "\"'");
	return xstrndup(line, strcspn(line, " \t\"'"));
}

static void look_at(const char *root, const char *file, const char *key, const char *path, const char *remedy,
		    char **text)
{
	AUTO_FREE char *content = NULL;
	struct error *error = read_small_file(root, file, &content, NULL);
	const char *cursor = content;
	char *line;

	while (!error && (line = next_line(&cursor))) {
		AUTO_FREE char *name = name_in(line, key);

		if (name && *name && names(name, path))
			add(text, file, line, remedy);
		free(line);
	}
	error_free(error);
}

static void look_at_folder(const char *root, const char *path, const char *remedy, char **text)
{
	AUTO_FOLDER_NAMES struct folder_names files = { 0 };

	folder_names_add(&files, root, RESUME_FOLDER, is_visible_name);
	for (size_t i = 0; i < files.count; i++) {
		AUTO_FREE char *file = xasprintf(RESUME_FOLDER "/%s", files.names[i]);

		look_at(root, file, "RESUME=", path, remedy, text);
	}
}

char *device_claims_text(const char *root, const char *path)
{
	static const char remedy[] = "make it RESUME=none, or the initramfs waits for it";
	char *text = xstrdup("");

	look_at(root, "/etc/fstab", "", path, "remove it, or the boot waits for it", &text);
	look_at(root, "/etc/initramfs-tools/initramfs.conf", "RESUME=", path, remedy, &text);
	look_at_folder(root, path, remedy, &text);
	return text;
}
