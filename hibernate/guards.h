/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The conditions under which a saved kernel may resume. Each guard checks one, and returns an error if it is not met.
 * None writes to memory or a disk. krestore checks three more where it reads their subject: "image" and "state"
 * before these, "content" after them.
 */
#ifndef KJ_GUARDS_H
#define KJ_GUARDS_H

#include <stdbool.h>

#include "hibernate/physical_memory.h"
#include "hibernate/restore.h"
#include "lib/base/error.h"
#include "lib/core/jump_note.h"
#include "lib/disk/filesystem_guard.h"
#include "lib/khimage/snapshot.h"
#include "lib/machine/machine.h"

/* The subjects of the guards; all borrowed. */
struct guard_scene {
	const struct snapshot *snapshot;
	const struct jump_note *note;
	struct restore *restore;              /* its totals are set by the guard "index" */
	const struct machine *machine;        /* NULL: this machine is not the target (krestore --memory) */
	const struct physical_memory *memory; /* of guards_ask_memory */
	const struct filesystem_guard_except *except;
	void (*say)(const char *text); /* prints a warning, which is no refusal */
};

struct guard {
	const char *name;         /* as refusals and the manual page name it */
	bool needs_machine;       /* skipped without a machine */
	bool needs_memory;        /* asked by guards_ask_memory */
	bool can_be_forced;       /* --force overrides the refusal */
	bool is_of_kernel;        /* it is this kernel that is refused; another one on this machine may not be */
	struct error *(*check)(const struct guard_scene *scene);
};

/* In the order of the checks: the machine, its disks, for which a check may have to wait, memory. */
extern const struct guard guards[];
extern const size_t guard_count;

/*
 * Checks all guards but those that need memory, up to the first refusal. The error names the guard and, if
 * --force overrides it, that option. With `force` such a refusal is printed
 * instead of returned. *ret_other_kernel: the refusal is of this kernel only.
 */
struct error *guards_ask(const struct guard_scene *scene, bool force, bool *ret_other_kernel);

/* The same for the guards of a restore that writes to memory while this kernel runs. */
struct error *guards_ask_memory(const struct guard_scene *scene, bool force, bool *ret_other_kernel);

#endif
