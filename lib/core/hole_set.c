/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/hole_set.h"

void hole_set_deinit(struct hole_set *holes)
{
	span_set_deinit(&holes->spans);
	*holes = (struct hole_set){ 0 };
}

static void drop_small(struct hole_set *holes)
{
	struct span_set *spans = &holes->spans;
	size_t kept = 0;

	for (size_t i = 0; i < spans->count; i++)
		if (span_size(spans->items[i]) >= holes->least_bytes)
			spans->items[kept++] = spans->items[i];
	spans->count = kept;
}

/* Drops at least half of the holes, so that it seldom runs. */
static void make_room(struct hole_set *holes)
{
	while (holes->spans.count > holes->count_max / 2) {
		holes->least_bytes = holes->least_bytes ? 2 * holes->least_bytes : PAGE_SIZE_BYTES;
		drop_small(holes);
	}
}

void hole_set_add(struct hole_set *holes, struct span hole)
{
	const struct span_set *spans = &holes->spans;

	if (spans->count && spans->items[spans->count - 1].end < hole.start)
		hole_set_end(holes);
	if (holes->count_max && spans->count == holes->count_max)
		make_room(holes);
	span_set_add(&holes->spans, hole);
}

/* Only the last hole may be too small: until here it could still grow. */
void hole_set_end(struct hole_set *holes)
{
	struct span_set *spans = &holes->spans;

	if (spans->count && span_size(spans->items[spans->count - 1]) < holes->least_bytes)
		spans->count--;
}
