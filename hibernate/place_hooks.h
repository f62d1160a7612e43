/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs of the user that set up the place of the snapshot, as a disk on the network, and end it again: hooks.d in the
 * configuration's folder, also in the initramfs of B and C (khibernate(8), HOOKS). Each is called with "open" or "close".
 */
#ifndef KJ_PLACE_HOOKS_H
#define KJ_PLACE_HOOKS_H

#include <dirent.h>
#include <stdbool.h>

#include "hibernate/invocation.h"
#include "lib/base/error.h"
#include "lib/base/folder.h"

/* The programs that were called with "open", and not with "close" since. Zero-initialise. */
struct place_hooks {
	char *folder; /* heap; NULL: nothing is open */
	DIR *lock;    /* the folder, locked from the first open on: no other command may close the place meanwhile */
};

/* Closes what is open, and lets other commands open it; prints an error. */
void place_hooks_deinit(struct place_hooks *hooks);
#define AUTO_PLACE_HOOKS __attribute__((cleanup(place_hooks_deinit)))

/* The paths of the programs, in order. */
void place_hooks_find(const struct invocation *invocation, struct folder_names *ret_programs);

/* Whether there are any. */
bool place_hooks_are_there(const struct invocation *invocation);

/*
 * Calls the programs with "open", in the order of their names, when no other command has them open. Errors: another one
 * has, for half a minute; one fails, with its last line; users other than root could change one. Those before it are closed then.
 */
struct error *place_hooks_open(struct place_hooks *hooks, const struct invocation *invocation);

/*
 * After a jump from which this kernel continues: tries several times, as a network may need a while. The error says what
 * to do about the snapshot that another kernel may have left on `device`.
 */
struct error *place_hooks_open_again(struct place_hooks *hooks, const struct invocation *invocation, const char *device);

/* Calls all with "close", in the reverse order; the first error. */
struct error *place_hooks_close(struct place_hooks *hooks);

/* In B's and C's scripts: "open" or "close" for the programs of the usual folder. */
struct error *place_hooks_call(const char *verb);

#endif
