/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * No file system may have been written to between saving and restoring: the
 * saved kernel still has it in its memory as it was, and goes on writing
 * from there. kdump notes what it sees, krestore compares.
 */
#ifndef KJ_FILESYSTEM_GUARD_H
#define KJ_FILESYSTEM_GUARD_H

#include "lib/base/error.h"
#include "lib/core/core_file.h"

/*
 * Adds the list of all file systems to the notes of `core`, but for the one
 * on which `output` is or lies: saving changes that. If the file `used` is
 * named, it has the list of those that the saved kernel uses, and only they
 * count. Nothing is added if this program cannot look (--without-blkid).
 * `warn` is told of each disk that cannot be read, and of each file system
 * that will not be compared. Errors: `used` cannot be read or is damaged.
 */
struct error *filesystem_guard_record(struct core_file *core, const char *output, const char *used,
				      void (*warn)(const char *why));

/* What a person says to be of no concern: none of these names is looked at. */
struct filesystem_guard_except {
	const char *const *names; /* UUID, label or device; see filesystem_is_called */
	size_t count;
	bool missing; /* nor is anything that is not there */
	unsigned int wait_seconds; /* for what is not there yet: disks are found one after the other */
	void (*say)(const char *text); /* that it waits, and for what */
};

/*
 * Compares the list of the image at `path` with what is there. Errors name
 * the file systems: written to since, not there. An image without a list
 * (*ret_known false) is no error: not every image is written by kdump.
 */
struct error *filesystem_guard_check(const struct core_file *image, const struct filesystem_guard_except *except,
				     bool *ret_known);

/*
 * For messages, those file systems of an image's list that were in use and were
 * not found when it was saved: whether they were written to since cannot be
 * told. Heap; NULL if there are none, or no list.
 */
char *filesystem_guard_unwatched(const struct core_file *image);

#endif
