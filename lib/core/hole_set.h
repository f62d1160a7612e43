/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that need not be saved. Small holes are dropped: each one left out
 * splits a piece of the snapshot. The number of holes has an upper bound, above
 * which only the largest are kept.
 */
#ifndef KJ_HOLE_SET_H
#define KJ_HOLE_SET_H

#include "lib/base/span.h"

/* The number that kdump has memory for: 2 MiB. */
#define HOLE_COUNT_MAX 131072u

/* Zero-initialise for a set that keeps all. */
struct hole_set {
	struct span_set spans;
	uint64_t least_bytes; /* smaller holes are dropped; grows when there are too many */
	size_t count_max;     /* 0: no bound */
};

void hole_set_deinit(struct hole_set *holes);
#define AUTO_HOLE_SET __attribute__((cleanup(hole_set_deinit)))

/* Adds a hole, in order of address; touching ones are merged. */
void hole_set_add(struct hole_set *holes, struct span hole);

/* Call after the last hole. */
void hole_set_end(struct hole_set *holes);

#endif
