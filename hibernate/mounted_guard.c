/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/mounted_guard.h"

#include <string.h>
#include <sys/stat.h>

#include "include/kjump_note.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/text.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/filesystem_list.h"
#include "lib/disk/mount_source.h"
#include "lib/disk/stacked_filesystem.h"

/* The text of a file below /proc; "" if there is none: a process that has ended, a kernel without swap. */
static char *text_of(const char *path)
{
	char *text = NULL;
	struct error *error = read_small_file("/", path, &text, NULL);

	error_free(error);
	return error ? xstrdup("") : text;
}

/* All mounts of all processes, for there may be some in other namespaces; and swap. */
struct users {
	char **mounts;
	size_t count, capacity;
	char *swaps;
};

static void add_mounts(struct users *users, const char *process)
{
	AUTO_FREE char *path = xasprintf("/proc/%s/mountinfo", process);
	AUTO_FREE char *text = text_of(path);

	for (size_t i = 0; i < users->count; i++)
		if (!strcmp(users->mounts[i], text))
			return;
	users->mounts = xgrow(users->mounts, &users->capacity, users->count + 1, sizeof(*users->mounts));
	users->mounts[users->count++] = TAKE_PTR(text);
}

static void users_init(struct users *users)
{
	AUTO_FOLDER_NAMES struct folder_names processes = { 0 };

	process_names_add(&processes, "/");
	*users = (struct users){ .swaps = text_of("/proc/swaps") };
	for (size_t i = 0; i < processes.count; i++)
		add_mounts(users, processes.names[i]);
}

static void users_deinit(struct users *users)
{
	for (size_t i = 0; i < users->count; i++)
		free(users->mounts[i]);
	free(users->mounts);
	free(users->swaps);
}

static bool is_swap(const char *swaps, dev_t device)
{
	bool found = false;
	char *line;

	while (!found && (line = next_line(&swaps))) {
		struct stat status;

		line[strcspn(line, " \t")] = '\0';
		found = *line == '/' && !stat(line, &status) && S_ISBLK(status.st_mode) && status.st_rdev == device;
		free(line);
	}
	return found;
}

/* What this kernel uses the device for; heap, NULL if it does not. */
static char *use_of(const struct users *users, dev_t device)
{
	AUTO_FREE char *place = NULL;

	for (size_t i = 0; !place && i < users->count; i++)
		place = mount_point_parse(users->mounts[i], device);
	if (place)
		return xasprintf("mounted on %s", place);
	return is_swap(users->swaps, device) ? xstrdup("used as swap") : NULL;
}

static bool is_wanted(const void *context, int fd, const char *path)
{
	struct stat status;
	AUTO_FREE char *use = fstat(fd, &status) ? NULL : use_of(context, status.st_rdev);

	(void)path;
	return use != NULL;
}

static struct error *refuse(const struct users *users, const struct filesystem *filesystem)
{
	struct filesystem_list one = { .items = (struct filesystem *)filesystem, .count = 1 };
	AUTO_FREE char *text = filesystem_list_text(&one);
	struct stat status;
	AUTO_FREE char *use = stat(filesystem->device, &status) ? NULL : use_of(users, status.st_rdev);

	return error_new("the saved kernel's file system %s is %s in this one, and would be destroyed: unmount it, or "
			 "resume before anything is mounted", text, use ? use : "mounted");
}

static struct error *compare(const struct filesystem_list *saved, const struct users *users,
			     const struct filesystem_guard_except *except)
{
	const struct block_listing how = { .is_wanted = is_wanted, .context = users, .without_digests = true };
	AUTO_FILESYSTEM_LIST struct filesystem_list used = { 0 };
	struct error *error = block_devices_list(&how, &used);

	if (!error)
		stacked_filesystems_place("/", &used);
	for (size_t i = 0; !error && i < saved->count; i++) {
		size_t at = filesystem_list_find(&used, &saved->items[i]);

		if (at < used.count && !filesystem_guard_excepts(except, &saved->items[i]))
			error = refuse(users, &used.items[at]);
	}
	return error;
}

struct error *mounted_guard_check(const struct core_file *snapshot, const struct filesystem_guard_except *except)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list saved = { 0 };
	struct users users;
	struct bytes desc;

	if (!core_file_note(snapshot, KJUMP_NOTE_NAME, KJUMP_FILESYSTEMS_NOTE_TYPE, &desc))
		return NULL;

	struct error *error = filesystem_list_parse(desc, snapshot->path, &saved);

	if (error)
		return error;
	users_init(&users);
	error = compare(&saved, &users, except);
	users_deinit(&users);
	return error;
}
