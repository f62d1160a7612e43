/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/keep_check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hibernate/in_use.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/text.h"
#include "lib/khimage/khimage.h"

/* An overlay is what is below it, which is mounted, too. What fuse shows to desktops has no content of its own. */
static bool is_passing(const char *type)
{
	static const char *const others[] = { "overlay", "fuse.portal", "fuse.gvfsd-fuse", "fuse.lxcfs" };

	for (size_t i = 0; i < ARRAY_COUNT(others); i++)
		if (!strcmp(others[i], type))
			return true;
	return in_use_is_kept_in_memory(type);
}

/* Behind the separator " - ": type, source and the options of the file system, as opposed to those of the mount. */
static struct error *check_line(char *line)
{
	char *rest = strstr(line, " - "), *place = line;

	if (!rest)
		return NULL;
	*rest = '\0';
	rest += strlen(" - ");

	const char *type = strsep(&rest, " ");
	const char *source = rest ? strsep(&rest, " ") : "";
	bool read_only = rest && (!strncmp(rest, "ro,", 3) || !strcmp(rest, "ro"));

	/* Number, parent, device, the root within the file system. */
	for (int field = 0; field < 4 && place; field++)
		strsep(&place, " ");
	place = place ? strsep(&place, " ") : "";
	if (read_only || is_passing(type))
		return NULL;
	return error_new("keep=yes: %s (%s on %s) is writable, and what this system writes there after it has resumed "
			 "would not be there when it resumes again; mount it read-only, or put an overlay of tmpfs over it",
			 place, type, source);
}

static struct error *check_process(const char *root, const char *process)
{
	AUTO_FREE char *path = xasprintf("/proc/%s/mountinfo", process);
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, path, &text, NULL);
	const char *cursor = text;
	char *line;

	/* It has ended meanwhile. */
	if (error) {
		error_free(error);
		return NULL;
	}
	while (!error && (line = next_line(&cursor))) {
		error = check_line(line);
		free(line);
	}
	return error;
}

/* zram's pages that it has written to a disk (CONFIG_ZRAM_WRITEBACK): "none" without one. */
static struct error *check_zram(const char *root, const char *device)
{
	AUTO_FREE char *path = xasprintf("/sys/block/%s/backing_dev", device);
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, path, &text, NULL);

	if (error) {
		error_free(error);
		return NULL;
	}
	text[strcspn(text, "\n")] = '\0';
	if (!*text || !strcmp(text, "none"))
		return NULL;
	return error_new("keep=yes: %s writes pages to %s, and would not find there what this system's memory expects when it "
			 "resumes again; take it out of use", device, text);
}

static struct error *check_swap(const char *root)
{
	AUTO_FREE char *swap = in_use_swap(root);

	if (!swap)
		return NULL;
	return error_new("keep=yes: %s is used as swap, and would not have what this system's memory expects there when it "
			 "resumes again; swapoff -a", swap);
}

/* The first error of `check` for a name. */
static struct error *check_each(const char *root, const struct folder_names *names,
				struct error *(*check)(const char *root, const char *name))
{
	struct error *error = NULL;

	for (size_t i = 0; !error && i < names->count; i++)
		error = check(root, names->names[i]);
	return error;
}

static bool is_zram(const char *name)
{
	return !strncmp(name, "zram", strlen("zram"));
}

struct error *keep_check(const char *root)
{
	AUTO_FOLDER_NAMES struct folder_names zrams = { 0 }, processes = { 0 };
	struct error *error = check_swap(root);

	folder_names_add(&zrams, root, "/sys/block", is_zram);
	process_names_add(&processes, root);
	if (!error)
		error = check_each(root, &zrams, check_zram);
	return error ? error : check_each(root, &processes, check_process);
}

struct error *keep_check_place(const char *file)
{
	if (!*file)
		return NULL;
	return error_new("keep=yes: %s is a file, or lies on another device, and the snapshot in it cannot be marked as kept while "
			 "that is in use; name a partition of its own with --device", file);
}

void keep_again(const char *device)
{
	struct error *error = khimage_set_state(device, KHIMAGE_COMMITTED);

	if (!error)
		error = khimage_forget_attempts(device);
	if (error)
		fprintf(stderr, "khibernate: the snapshot on %s is not kept: %s\n", device, error_text(error));
	else
		printf("the snapshot on %s is kept: the next boot resumes it again\n", device);
	error_free(error);
}
