/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/md_arrays.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"

#define STEP_MILLISECONDS 50

static int is_array(const struct dirent *entry)
{
	return !strncmp(entry->d_name, "md", 2);
}

/* The states with a dirty mark on the disks; "active-idle" becomes clean soon. */
static bool is_dirty(const char *root, const char *name)
{
	AUTO_FREE char *path = xasprintf("/sys/block/%s/md/array_state", name);
	AUTO_FREE char *state = NULL;
	struct error *error = read_small_file(root, path, &state, NULL);
	bool dirty = !error && (!strncmp(state, "active", strlen("active")) || !strcmp(state, "write-pending\n"));

	error_free(error);
	return dirty;
}

static char *dirty_arrays(const char *root)
{
	AUTO_FREE char *folder = path_below(root, "/sys/block");
	struct dirent **entries;
	int count = scandir(folder, &entries, is_array, versionsort);
	char *text = xstrdup("");

	for (int i = 0; i < count; i++) {
		if (is_dirty(root, entries[i]->d_name)) {
			AUTO_FREE char *before = text;

			text = xasprintf("%s%s%s", before, *before ? ", " : "", entries[i]->d_name);
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return text;
}

char *md_arrays_wait_clean(const char *root, unsigned int milliseconds)
{
	char *dirty = dirty_arrays(root);

	for (unsigned int passed = 0; *dirty && passed < milliseconds; passed += STEP_MILLISECONDS) {
		usleep(STEP_MILLISECONDS * 1000);
		free(dirty);
		dirty = dirty_arrays(root);
	}
	return dirty;
}
