/* SPDX-License-Identifier: GPL-2.0-only */
/* One restore, from the opened snapshot to the jump into its kernel. Chooses how the memory gets to its place. */
#ifndef KJ_RESTORING_H
#define KJ_RESTORING_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/disk/filesystem_guard.h"
#include "lib/khimage/khimage_unlock.h"

enum restoring_method {
	RESTORING_AUTO,   /* by placement if this kernel can; else by the window, if this kernel runs there */
	RESTORING_PLACE,  /* from any kernel: kexec/place/placement.h */
	RESTORING_WINDOW, /* through /dev/mem, by a kernel that runs in the snapshot's window */
};

/* All texts are borrowed. */
struct restoring {
	const char *snapshot; /* path */
	const char *entry;  /* as typed; NULL: the snapshot's */
	const char *memory; /* a file that stands in for this machine's memory, which then is not jumped to; or NULL */
	enum restoring_method method;
	bool check_only;
	bool force;
	struct filesystem_guard_except except;
	struct khimage_unlocking *unlocking; /* of an encrypted snapshot */
	bool times;          /* print how long the steps took */
	const char *program; /* the prefix of progress */
	const char *console; /* path of the terminal where progress is shown and Escape cancels (console.h); or NULL */
	void (*say)(const char *text); /* prints a warning, which is no refusal */
};

/*
 * Opens the key of an encrypted snapshot that waits to be restored, in memory that child processes share. Errors: as
 * khimage_unlock; where the snapshot cannot be read, restoring_run reports it.
 */
struct error *restoring_open_key(const struct restoring *restoring);

/*
 * Checks the snapshot, restores it, and jumps. Returns without an error only with `check_only` or `memory`. An error
 * leaves this kernel as it was, and the snapshot committed. *ret_other_kernel: it is this kernel that cannot restore
 * it, and another one on this machine may.
 */
struct error *restoring_run(const struct restoring *restoring, bool *ret_other_kernel);

/* The error for both refusals, of placement and of the window way; takes ownership of them. */
struct error *restoring_neither_way(struct error *placing, struct error *window);

#endif
