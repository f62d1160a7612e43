/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A restore by placement, in steps. Every error leaves the running kernel unchanged.
 *
 * The placing program may refuse after this kernel was left. Where this kernel has kexec jump (CONFIG_KEXEC_JUMP), it
 * is left by one, and the program returns to it. Devices are then suspended, as by the kernel that resumes from its
 * own hibernation, not shut down; the saved kernel, which was left by a jump itself, resumes them from either state.
 */
#ifndef KJ_PLACING_LOAD_H
#define KJ_PLACING_LOAD_H

#include "hibernate/restore.h"
#include "kexec/place/placement.h"
#include "kexec/place/placing_plan.h"
#include "lib/machine/machine.h"

/* Must exist until the jump: its pages are the content that the next kernel finds. */
struct placing {
	struct placement placement;
	struct placing_plan plan;
	struct placing_exit exit;
};

void placing_deinit(struct placing *placing);
#define AUTO_PLACING __attribute__((cleanup(placing_deinit)))

/*
 * What can be known without taking memory. Errors: this kernel does not show its pages' addresses; it permits no load;
 * it does not have all of the snapshot's memory; it swaps to a disk.
 */
struct error *placing_check(const struct restore *restore, const struct machine *machine);

/*
 * Takes memory, and decides where each page goes, without reading the content; `entry` is where the snapshot's kernel
 * continues. Sets machine->parked. Errors: as placing_check; the snapshot does not fit, with the numbers.
 */
struct error *placing_prepare(struct placing *placing, const struct restore *restore, struct machine *machine,
			      uint64_t entry);

/* Reads the snapshot once, to where placing_prepare decided, and compares its checksums. */
struct error *placing_read(struct placing *placing, const struct restore *restore);

/*
 * Loads the jump to it; `token` as in struct placing_exit. After an error nothing is loaded: the kernel refuses, or it
 * has moved a page.
 */
struct error *placing_load(struct placing *placing, const struct machine *machine, uint64_t token);

/*
 * Jumps; the last act before that is to compare where the pages are. Returns only with an error, which says who
 * refused: this kernel, or the placing program after a jump. The snapshot's kernel was not entered then. `say` prints a
 * warning.
 */
struct error *placing_jump(struct placing *placing, const struct arch *arch, void (*say)(const char *text));

#endif
