/* SPDX-License-Identifier: GPL-2.0-only */
/* Asks on the console for what a restore lacks: a disk that the saved kernel used, its place, the passphrase. */
#ifndef KJ_MISSING_DISKS_H
#define KJ_MISSING_DISKS_H

#include <stdbool.h>

#include "lib/disk/filesystem_guard.h"

struct missing_disks {
	/* Path of a khimage: switched off here, the machine has not tried to restore it. NULL before it is known. */
	const char *snapshot;
	const char *console;   /* path; "/dev/console" */
	unsigned int seconds;  /* for an answer; 0: does not ask */
	void (*say)(const char *text);
	void (*switch_off)(void);
};

/* The default of `seconds`. */
#define MISSING_DISKS_SECONDS 120

/*
 * For a struct filesystem_guard_except. It gives up without an answer, as it must without a console. `context` is the struct
 * missing_disks; `why` names the disks.
 */
enum filesystem_guard_answer missing_disks_ask(void *context, const char *why);

/*
 * Where a program of the user could not set up the place of the snapshot, `why`: true to try again. If a snapshot waits
 * there, and this is false, the boot that continues makes it useless.
 */
bool missing_place_ask(const struct missing_disks *disks, const char *why);

/* A splash screen covers the console. Best effort. */
void hide_splash(void);

/*
 * The same for a snapshot that could not be opened, `why`: without an answer, and without a console, the machine is
 * switched off, and the snapshot stays.
 */
bool locked_snapshot_ask(const struct missing_disks *disks, const char *why);

#endif
