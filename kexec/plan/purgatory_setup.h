/* SPDX-License-Identifier: GPL-2.0-only */
/* Purgatory and gate as segments of a plan: copied from the build and given their parameters. */
#ifndef KJ_PURGATORY_SETUP_H
#define KJ_PURGATORY_SETUP_H

#include <stdbool.h>

#include "include/gate_param.h"
#include "include/purgatory_param.h"
#include "kexec/plan/plan.h"
#include "lib/core/arch.h"

/*
 * Fills the segment at `start` (placed with blob->memory_size_bytes) with
 * purgatory and `param`; magic, regions and digest are added here. Call it
 * last, after plan_complete: the digest is over the data of all other segments.
 */
void purgatory_fill(struct plan *plan, uint64_t start, const struct arch *arch, struct purgatory_param param,
		    bool with_digest);

/* Fills the segment at `start` (placed with GATE_SIZE_BYTES) with the gate and `param`; magic is added here. */
void gate_fill(struct plan *plan, uint64_t start, const struct arch *arch, struct gate_param param);

#endif
