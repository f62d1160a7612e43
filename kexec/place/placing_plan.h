/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kexec_load gets when memory is placed (placement.h): the placing program, its page tables, its lists, and the
 * gate, all inside the snapshot's window, which the snapshot leaves free.
 */
#ifndef KJ_PLACING_PLAN_H
#define KJ_PLACING_PLAN_H

#include "kexec/place/placement.h"
#include "kexec/plan/plan.h"
#include "lib/machine/machine.h"

struct placing_plan {
	struct plan plan;
	struct span_set taken; /* the segments' destinations */
	uint64_t next; /* physical, as the rest: where the program jumps to */
	uint64_t program, tables, tables_size_bytes, lists;
};

/* How the running kernel is left. */
struct placing_exit {
	bool is_jump;       /* by a kexec jump: a refusal of the placing program returns to the running kernel */
	uint64_t local_gdt; /* of a jump: linear address of the running kernel's GDT of CPU 0 */
	uint64_t token;     /* otherwise: for struct place_refused; 0: none */
};

void placing_plan_deinit(struct placing_plan *plan);
#define AUTO_PLACING_PLAN __attribute__((cleanup(placing_plan_deinit)))

/*
 * Places the segments; memory must have been taken. `entry` is where the snapshot's kernel continues. Error: the window
 * has no room for them, with the numbers.
 */
struct error *placing_plan_init(struct placing_plan *plan, const struct placement *placement, const struct machine *machine,
				uint64_t entry);

/* The same without a gate: in `room`, which `where` names (plan_place); the program jumps to `next`. */
struct error *placing_plan_init_in(struct placing_plan *plan, const struct span_set *room, const char *where,
				   const struct placement *placement, const struct machine *machine, uint64_t next);

/*
 * Fills them: every page of the snapshot has been written to its place or its spare page. Error: the kernel's
 * limits.
 */
struct error *placing_plan_fill(struct placing_plan *plan, const struct placement *placement, const struct machine *machine);

/* kexec_load(2) with a filled plan; may be repeated with another exit. Error: as of sys_kexec_load. */
struct error *placing_plan_load(struct placing_plan *plan, const struct arch *arch, const struct placing_exit *exit);

#endif
