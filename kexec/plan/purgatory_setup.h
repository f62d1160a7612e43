/* SPDX-License-Identifier: GPL-2.0-only */
/* Purgatory and gate as segments of a plan: copied from the build and given their parameters. */
#ifndef KJ_PURGATORY_SETUP_H
#define KJ_PURGATORY_SETUP_H

#include <stdbool.h>

#include "include/gate_param.h"
#include "include/place_param.h"
#include "include/purgatory_param.h"
#include "kexec/plan/plan.h"
#include "lib/base/sizes.h"
#include "lib/core/arch.h"

/*
 * Fills the segment at `start` (placed with blob->memory_size_bytes) with
 * purgatory and `param`; magic, regions and digest are added here. Call it
 * last, after plan_complete: the digest is over the data of all other segments.
 */
void purgatory_fill(struct plan *plan, uint64_t start, const struct arch *arch, struct purgatory_param param,
		    bool with_digest);

/* Where the gate may be: below 4 GiB, as it turns paging off, and not in low memory, which the next kernel uses. */
#define GATE_MEMORY ((struct span){ MIB, 4 * GIB })

/*
 * Places the gate, at the top of `within` if `high`, else at its bottom, and fills it with `param`; magic is added
 * here. Error: no room there; `where` as of plan_place.
 */
struct error *gate_place(struct plan *plan, const char *where, struct span within, bool high, const struct arch *arch,
			 struct gate_param param, uint64_t *ret_start);

/* Fills the segment at `start` (placed with PLACE_SIZE_BYTES) with the placing program; magic is added here. */
void place_fill(struct plan *plan, uint64_t start, const struct arch *arch, struct place_param param);

#endif
