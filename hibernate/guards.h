/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What has to be true before a saved kernel may go on. Each guard looks at one thing and says what is wrong with it.
 * None writes to memory or a disk; krestore asks three more where what they look at is read: "image" and "state"
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
#include "lib/khimage/saved_image.h"
#include "lib/machine/machine.h"

/* What the guards look at; all borrowed. */
struct guard_scene {
	const struct saved_image *image;
	const struct jump_note *note;
	struct restore *restore;              /* its totals are set by the guard "index" */
	const struct machine *machine;        /* NULL: nothing is known of this one (krestore --memory) */
	const struct physical_memory *memory;
	const struct filesystem_guard_except *except;
	void (*say)(const char *text); /* what is no refusal, but has to be known */
};

struct guard {
	const char *name;         /* as refusals and the manual page name it */
	bool needs_machine;       /* not asked without a machine */
	bool needs_memory;        /* not asked where memory is not written to while this kernel runs */
	bool can_be_forced;       /* --force goes on all the same */
	struct error *(*check)(const struct guard_scene *scene);
};

/* In the order in which they are asked: the machine, its disks, which may have to be waited for, memory. */
extern const struct guard guards[];
extern const size_t guard_count;

/*
 * Asks all of them. The first refusal ends it; its text names the guard and,
 * where that is so, that --force would go on. With `force` such a refusal is
 * said in place of being returned.
 */
struct error *guards_ask(const struct guard_scene *scene, bool force);

#endif
