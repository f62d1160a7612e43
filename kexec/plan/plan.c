/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/plan/plan.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/base/size_text.h"

void plan_init(struct plan *plan, const struct span_set *free)
{
	*plan = (struct plan){ 0 };
	span_set_copy(&plan->free, free);
	span_set_pages_inward(&plan->free);
}

void plan_deinit(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		free(plan->segments[i].owned);
	free(plan->segments);
	span_set_deinit(&plan->free);
	*plan = (struct plan){ 0 };
}

static const char SHADOW[] = "shadow";

static void add(struct plan *plan, const char *what, struct span memory)
{
	plan->segments = xgrow(plan->segments, &plan->capacity, plan->count + 1, sizeof(*plan->segments));
	plan->segments[plan->count++] = (struct plan_segment){ .what = what, .memory = memory };
	span_set_remove(&plan->free, memory);
}

/* "a 4.0 KiB, b 1.0 MiB": adds one thing and its size to a list. */
static void list_add(char **list, uint64_t *total_bytes, const char *what, uint64_t size_bytes)
{
	AUTO_FREE char *before = *list;
	AUTO_FREE char *size = size_text(size_bytes);

	*list = xasprintf("%s%s%s %s", before, *before ? ", " : "", what, size);
	*total_bytes += size_bytes;
}

/* The bounds of a place; those outside of which there is no free memory are left out. Heap. */
static char *bounds_text(const struct plan *plan, struct span within)
{
	bool below = span_set_overlaps(&plan->free, (struct span){ 0, within.start });
	bool above = span_set_overlaps(&plan->free, (struct span){ within.end, SPAN_ADDRESS_END });
	AUTO_FREE char *from = below ? xasprintf(" from 0x%" PRIx64 " on", within.start) : xstrdup("");
	AUTO_FREE char *to = above ? xasprintf(" below 0x%" PRIx64, within.end) : xstrdup("");

	return xasprintf("%s%s", from, to);
}

/* Lists all parts, placed or not. Sizes are rounded up to pages: a single page may be missing. */
static struct error *no_room(const struct plan *plan, const char *where, const struct plan_need *needs, size_t count,
			     size_t failed)
{
	AUTO_FREE char *list = xstrdup("");
	uint64_t total = 0;

	for (size_t i = 0; i < plan->count; i++)
		list_add(&list, &total, plan->segments[i].what, span_size(plan->segments[i].memory));
	for (size_t i = failed; i < count; i++)
		if (needs[i].size_bytes)
			list_add(&list, &total, needs[i].what, address_align_up(needs[i].size_bytes, PAGE_SIZE_BYTES));

	AUTO_FREE char *bounds = bounds_text(plan, needs[failed].within);
	AUTO_SPAN_SET struct span_set room = { 0 };

	span_set_copy(&room, &plan->free);
	span_set_keep(&room, needs[failed].within);
	return error_new("%s is too small: no room for the %s%s; needed are %s, together %" PRIu64
			 " KiB; the largest piece left there has %" PRIu64 " KiB",
			 where, needs[failed].what, bounds, list, total / 1024,
			 span_size(span_set_largest(&room)) / 1024);
}

struct error *plan_place(struct plan *plan, const char *where, const struct plan_need *needs, size_t count,
			 uint64_t *ret_starts)
{
	for (size_t i = 0; i < count; i++) {
		if (!needs[i].size_bytes) {
			ret_starts[i] = 0;
			continue;
		}

		uint64_t size = address_align_up(needs[i].size_bytes, PAGE_SIZE_BYTES);
		uint64_t align = needs[i].align > PAGE_SIZE_BYTES ? needs[i].align : PAGE_SIZE_BYTES;
		bool found = (needs[i].high ? span_set_find_high : span_set_find_low)(&plan->free, needs[i].within,
										      size, align, &ret_starts[i]);

		if (!found)
			return no_room(plan, where, needs, count, i);
		add(plan, needs[i].what, span_of(ret_starts[i], size));
	}
	return NULL;
}

struct error *plan_place_at(struct plan *plan, const char *where, const char *what, struct span memory)
{
	struct span pages = span_pages_outward(memory);

	if (!span_set_contains(&plan->free, pages))
		return error_new("%s has to be at 0x%" PRIx64 "-0x%" PRIx64 ", which is not free memory in %s", what,
				 memory.start, memory.end - 1, where);
	add(plan, what, pages);
	return NULL;
}

struct plan_segment *plan_segment_at(struct plan *plan, uint64_t start)
{
	/* Most are filled when they have just been placed. */
	for (size_t i = plan->count; i-- > 0;)
		if (plan->segments[i].memory.start == start)
			return &plan->segments[i];
	assert(false && "a segment that was placed");
	abort();
}

void plan_fill(struct plan *plan, uint64_t start, struct bytes data)
{
	struct plan_segment *segment = plan_segment_at(plan, start);

	assert(data.size <= span_size(segment->memory));
	free(segment->owned);
	segment->owned = NULL;
	segment->data = data;
}

void plan_fill_owned(struct plan *plan, uint64_t start, uint8_t *data, size_t size)
{
	plan_fill(plan, start, (struct bytes){ data, size });
	plan_segment_at(plan, start)->owned = data;
}

static int by_address(const void *a, const void *b)
{
	const struct plan_segment *left = a, *right = b;

	return (left->memory.start > right->memory.start) - (left->memory.start < right->memory.start);
}

static void sort_segments(struct plan *plan)
{
	if (plan->count)
		qsort(plan->segments, plan->count, sizeof(*plan->segments), by_address);
}

/*
 * Covers one span. The first `placed` segments are those placed, in order;
 * `next` is the first of them that may lie in the span. Returns the one
 * after the span.
 */
static size_t cover(struct plan *plan, struct span keep, size_t next, size_t placed)
{
	uint64_t covered = next < placed ? plan->segments[next].memory.start : keep.end;

	if (covered > keep.end)
		covered = keep.end;
	if (covered > keep.start)
		add(plan, SHADOW, (struct span){ keep.start, covered });
	for (; next < placed && plan->segments[next].memory.start < keep.end; next++) {
		uint64_t end = next + 1 < placed ? plan->segments[next + 1].memory.start : keep.end;

		plan->segments[next].memory.end = end < keep.end ? end : keep.end;
	}
	return next;
}

void plan_complete(struct plan *plan, const struct span_set *keep)
{
	size_t placed = plan->count;

	sort_segments(plan);
	for (size_t i = 0, next = 0; keep && i < keep->count; i++)
		next = cover(plan, keep->items[i], next, placed);
	sort_segments(plan);
}

struct error *plan_check(const struct plan *plan, uint64_t total_ram_bytes)
{
	uint64_t total_pages = 0, limit_pages = total_ram_bytes / PAGE_SIZE_BYTES / 2;

	if (plan->count > PLAN_SEGMENT_MAX)
		return error_new("%zu segments are needed, and the kernel takes at most %d: the memory has too many "
				 "holes there; choose a window with fewer",
				 plan->count, PLAN_SEGMENT_MAX);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_segment *segment = &plan->segments[i];

		assert(span_contains(segment->memory, span_pages_outward(segment->memory)));
		assert(!i || plan->segments[i - 1].memory.end <= segment->memory.start);
		total_pages += span_size(segment->memory) / PAGE_SIZE_BYTES;
	}
	/* The kernel checks each segment as well; none is larger than all together. */
	if (total_pages > limit_pages)
		return error_new("%" PRIu64 " KiB are to be loaded or kept, and the running kernel takes at most %" PRIu64
				 " KiB, half of its memory: choose a smaller window, kernel or initrd",
				 total_pages * PAGE_SIZE_BYTES / 1024, limit_pages * PAGE_SIZE_BYTES / 1024);
	return NULL;
}
