/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * No file system may be written to between saving and restoring: the saved
 * kernel has its old state in memory, and continues to write from there. kdump
 * notes the file systems, krestore compares them.
 */
#ifndef KJ_FILESYSTEM_GUARD_H
#define KJ_FILESYSTEM_GUARD_H

#include "lib/base/error.h"
#include "lib/core/core_file.h"
#include "lib/disk/filesystem_list.h"

/*
 * Adds the list of all file systems to the notes of `core`, without the one
 * that `output` is or lies on, because saving changes it; that around
 * DEVICE@OFFSET (storage.h) is not changed, and listed. If `used` is not NULL,
 * this file has the list of those that the saved kernel uses, and only they
 * are added. A program built --without-blkid adds nothing. `warn` is called for
 * each disk that cannot be read, and for each file system that will not be
 * compared. Errors: `used` cannot be read or is damaged.
 */
struct error *filesystem_guard_record(struct core_file *core, const char *output, const char *used,
				      void (*warn)(const char *why));

/* What the user wants where file systems are missing: the boot goes on without the saved kernel, look again, or restore it. */
enum filesystem_guard_answer { FILESYSTEM_GUARD_GIVE_UP, FILESYSTEM_GUARD_AGAIN, FILESYSTEM_GUARD_WITHOUT };

/* Exceptions by the user: file systems of these names are not compared. */
struct filesystem_guard_except {
	const char *const *names; /* UUID, label or device; see filesystem_is_called */
	size_t count;
	bool missing; /* nor are missing ones */
	unsigned int wait_seconds; /* for missing ones: disks are found one after the other */
	void (*say)(const char *text); /* reports a wait, and its reason */
	/* After the wait; `why` names the missing ones. NULL: to give up. */
	enum filesystem_guard_answer (*ask)(void *context, const char *why);
	void *ask_context;
};

/* Whether the user named this one. */
bool filesystem_guard_excepts(const struct filesystem_guard_except *except, const struct filesystem *filesystem);

/*
 * Compares the list of the snapshot at `path` with the disks. Errors name the
 * file systems: written to since, missing. A snapshot without a list (*ret_known
 * false) is no error: other programs than kdump write no list.
 */
struct error *filesystem_guard_check(const struct core_file *snapshot, const struct filesystem_guard_except *except,
				     bool *ret_known);

/*
 * For messages, the file systems of a snapshot's list that were in use and were
 * not found when it was saved: later writes to them are not detected. Heap; NULL
 * if there are none, or no list.
 */
char *filesystem_guard_unwatched(const struct core_file *snapshot);

#endif
