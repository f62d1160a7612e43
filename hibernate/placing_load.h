/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A restore by placement, in steps. Every error leaves the running kernel unchanged.
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
};

void placing_deinit(struct placing *placing);
#define AUTO_PLACING __attribute__((cleanup(placing_deinit)))

/*
 * What can be known without taking memory. Errors: this kernel does not show its pages' addresses; it permits no load;
 * it does not have all of the snapshot's memory.
 */
struct error *placing_check(const struct restore *restore, const struct machine *machine);

/*
 * Takes memory, and decides where each page goes, without reading the content; `entry` is where the snapshot's kernel
 * continues. Errors: as placing_check; the snapshot does not fit, with the numbers.
 */
struct error *placing_prepare(struct placing *placing, const struct restore *restore, const struct machine *machine,
			      uint64_t entry);

/* Reads the snapshot once, to where placing_prepare decided, and compares its checksums. */
struct error *placing_read(struct placing *placing, const struct restore *restore);

/* Loads the jump to it. After an error nothing is loaded: the kernel refuses, or it has moved a page. */
struct error *placing_load(struct placing *placing, const struct machine *machine);

#endif
