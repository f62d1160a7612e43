/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of a saved kernel as segments of a plan: as few runs as kexec_load takes, or all its parts when the
 * plan is placed (load_placed.h).
 */
#ifndef KJ_SAVED_MEMORY_H
#define KJ_SAVED_MEMORY_H

#include "kexec/plan/loading.h"
#include "lib/core/core_file.h"
#include "lib/core/jump_note.h"

/* Gate and purgatory take two of the segments. */
#define SAVED_SEGMENT_MAX (PLAN_SEGMENT_MAX - 2)

struct saved {
	struct core_file core;
	struct jump_note note;
	struct span_set kept;  /* memory to load, whole pages */
	uint64_t entry;
};

/*
 * Fills holes between runs of memory that is kept, until there are few enough; *ret_joined: whether that can be
 * done with at most `limit_bytes`. If not, nothing is changed.
 */
struct error *saved_join_runs(struct saved *saved, uint64_t limit_bytes, bool *ret_joined);

/* Places a segment for each run. Content of several PT_LOADs is copied together. */
struct error *saved_place_runs(struct loading *loading, const struct saved *saved);

/*
 * Places a segment for each part that one PT_LOAD contains, and for zeros between them. Nothing is copied; one pass
 * over runs and PT_LOADs, of which there may be very many.
 */
struct error *saved_place_parts(struct loading *loading, const struct saved *saved);

#endif
