/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/filesystem_guard.h"

#include <unistd.h>

#include "include/kjump_note.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/filesystem_list.h"
#include "lib/disk/storage.h"
#include "lib/disk/stacked_filesystem.h"

static void warn_unwatched(const struct filesystem_list *list, void (*warn)(const char *why))
{
	for (size_t i = 0; i < list->count; i++) {
		struct filesystem_list one = { .items = &list->items[i], .count = 1 };
		AUTO_FREE char *text = filesystem_list_text(&one);
		AUTO_FREE char *why = xasprintf("not found, or on a device that cannot be searched: %s", text);

		if (list->items[i].flags & KJUMP_FILESYSTEM_UNWATCHED)
			warn(why);
	}
}

/* Replaces *list, all file systems found, by those in the file `used`. */
static struct error *keep_used(const char *used, struct filesystem_list *list, void (*warn)(const char *why))
{
	AUTO_FILESYSTEM_LIST struct filesystem_list wanted = { 0 }, found = *list;
	AUTO_MAPPED_FILE struct mapped_file file = { 0 };
	struct error *error = mapped_file_init(&file, "list of file systems", used);

	*list = (struct filesystem_list){ 0 };
	if (!error)
		error = filesystem_list_parse(file.bytes, used, &wanted);
	if (error)
		return error;
	stacked_filesystems_add(&wanted, &found);
	filesystem_list_take_digests(&wanted, &found, list);
	warn_unwatched(list, warn);
	return NULL;
}

struct error *filesystem_guard_record(struct core_file *core, const char *output, const char *used,
				      void (*warn)(const char *why))
{
	AUTO_FILESYSTEM_LIST struct filesystem_list list = { 0 };
	/* Saving to a file's blocks changes nothing of what is compared of the file system around them. */
	dev_t except = storage_name_is_mapped(output) ? 0 : block_device_of(strcmp(output, "-") ? output : "/dev/stdout");
	const struct block_listing how = { .except = except, .unreadable = used ? NULL : warn };
	size_t size;

	if (!block_devices_can_probe())
		return NULL;

	struct error *error = block_devices_list(&how, &list);

	if (!error && used)
		error = keep_used(used, &list, warn);
	if (error)
		return error;
	AUTO_FREE uint8_t *desc = filesystem_list_build(&list, &size);
	core_file_add_note(core, KJUMP_NOTE_NAME, KJUMP_FILESYSTEMS_NOTE_TYPE, desc, size);
	return NULL;
}

bool filesystem_guard_excepts(const struct filesystem_guard_except *except, const struct filesystem *filesystem)
{
	for (size_t i = 0; i < except->count; i++)
		if (filesystem_is_called(filesystem, except->names[i]))
			return true;
	return false;
}

/* Whether a file system is compared. */
static bool is_watched(const struct filesystem *filesystem)
{
	return !(filesystem->flags & (KJUMP_FILESYSTEM_UNWATCHED | KJUMP_FILESYSTEM_PLACES_ONLY));
}

static void remove_excepted(const struct filesystem_list *all, const struct filesystem_guard_except *except,
			    struct filesystem_list *ret_rest)
{
	for (size_t i = 0; i < all->count; i++)
		if (is_watched(&all->items[i]) && !filesystem_guard_excepts(except, &all->items[i]))
			filesystem_list_add(ret_rest, &all->items[i]);
}

static struct error *refuse_twins(const struct filesystem_list *twins)
{
	AUTO_FREE char *text = filesystem_list_text(twins);

	return error_new("%s: copies of each other, and one has changed since the snapshot was made; which of them the saved "
			 "kernel has mounted is not known. Remove the copy (--ignore-filesystem=NAME if none was mounted)", text);
}

static struct error *judge(const struct filesystem_list *changed, const struct filesystem_list *missing,
			   const struct filesystem_guard_except *except)
{
	if (changed->count) {
		AUTO_FREE char *text = filesystem_list_text(changed);

		return error_new("written to since the snapshot was made: %s; the saved kernel would use its old state in "
				 "memory and destroy it (--ignore-filesystem=NAME if it had not mounted it)", text);
	}
	if (missing->count && !except->missing) {
		AUTO_FREE char *text = filesystem_list_text(missing);

		return error_new("not there any more, or formatted since the snapshot was made: %s; is a disk not plugged "
				 "in, or its driver not loaded? (--force to continue without it)", text);
	}
	return NULL;
}

/* Compares once. *ret_settled is false if the only fault is a missing file system. */
static struct error *compare_once(const struct filesystem_list *noted, const struct filesystem_list *saved,
			  const struct filesystem_guard_except *except, bool *ret_settled, char **ret_missing)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list found = { 0 }, changed = { 0 }, missing = { 0 }, twins = { 0 };
	struct error *error = block_devices_list(&(struct block_listing){ 0 }, &found);

	*ret_settled = true;
	if (error)
		return error;
	stacked_filesystems_add(noted, &found);
	filesystem_list_compare(saved, &found, &changed, &missing);
	filesystem_list_twins(saved, &found, &twins);
	*ret_settled = twins.count || changed.count || !missing.count;
	*ret_missing = filesystem_list_text(&missing);
	return twins.count ? refuse_twins(&twins) : judge(&changed, &missing, except);
}

/* `saved` is the compared part of the snapshot's list, `noted`, which also has the disks that places are on. */
static struct error *compare_until_found(const struct filesystem_list *noted, const struct filesystem_list *saved,
				      const struct filesystem_guard_except *except, bool *ret_settled)
{
	for (unsigned int passed = 0;; passed++) {
		AUTO_FREE char *missing = NULL;
		struct error *error = compare_once(noted, saved, except, ret_settled, &missing);

		if (*ret_settled || passed >= except->wait_seconds)
			return error;
		error_free(error);
		if (!passed) {
			AUTO_FREE char *text = xasprintf("waiting up to %u s for %s", except->wait_seconds, missing);

			except->say(text);
		}
		sleep(1);
	}
}

static struct error *compare_and_ask(const struct filesystem_list *noted, const struct filesystem_list *saved,
				     const struct filesystem_guard_except *except)
{
	for (;;) {
		enum filesystem_guard_answer answer = FILESYSTEM_GUARD_GIVE_UP;
		bool settled;
		struct error *error = compare_until_found(noted, saved, except, &settled);

		if (error && !settled && except->ask)
			answer = except->ask(except->ask_context, error_text(error));
		if (answer == FILESYSTEM_GUARD_GIVE_UP)
			return error;
		error_free(error);
		/* Missing ones are the only fault: nothing that is there has changed. */
		if (answer == FILESYSTEM_GUARD_WITHOUT)
			return NULL;
	}
}

struct error *filesystem_guard_check(const struct core_file *snapshot, const struct filesystem_guard_except *except,
				     bool *ret_known)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list noted = { 0 }, saved = { 0 };
	struct bytes desc;

	*ret_known = core_file_note(snapshot, KJUMP_NOTE_NAME, KJUMP_FILESYSTEMS_NOTE_TYPE, &desc);
	if (!*ret_known)
		return NULL;

	struct error *error = filesystem_list_parse(desc, snapshot->path, &noted);

	if (error)
		return error;
	remove_excepted(&noted, except, &saved);
	if (!saved.count)
		return NULL;
	if (!block_devices_can_probe())
		return error_new("this krestore is built without libblkid, so it cannot check whether file systems were "
				 "written to since the snapshot was made");
	return compare_and_ask(&noted, &saved, except);
}

char *filesystem_guard_unwatched(const struct core_file *snapshot)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list noted = { 0 };
	struct bytes desc;

	if (!core_file_note(snapshot, KJUMP_NOTE_NAME, KJUMP_FILESYSTEMS_NOTE_TYPE, &desc))
		return NULL;

	struct error *error = filesystem_list_parse(desc, snapshot->path, &noted);

	error_free(error);
	return filesystem_list_unwatched_text(&noted);
}
