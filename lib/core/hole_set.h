/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that need not be saved. To leave a small piece out is not worth a
 * piece more in the image, and there is an upper bound to how many are
 * remembered: of more than that the largest are.
 */
#ifndef KJ_HOLE_SET_H
#define KJ_HOLE_SET_H

#include "lib/base/span.h"

/* As many as kdump has memory for: 2 MiB. */
#define HOLE_COUNT_MAX 131072u

/* Zero-initialise for a set that keeps all. */
struct hole_set {
	struct span_set spans;
	uint64_t least_bytes; /* smaller ones are not kept; becomes larger when there are too many */
	size_t count_max;     /* 0: no bound */
};

void hole_set_deinit(struct hole_set *holes);
#define AUTO_HOLE_SET __attribute__((cleanup(hole_set_deinit)))

/* In order of address; those that touch become one. */
void hole_set_add(struct hole_set *holes, struct span hole);

/* After the last one. */
void hole_set_end(struct hole_set *holes);

#endif
