/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spans of physical addresses, half open [start, end), and sets of them.
 * A set is kept sorted, disjoint and merged (neighbours that touch are one),
 * and below SPAN_ADDRESS_END: parts beyond it are not added.
 * Only this file and span.c subtract addresses; all arithmetic is checked.
 */
#ifndef KJ_SPAN_H
#define KJ_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* x86 physical addresses have at most 52 bits (Intel SDM vol. 3, 4.1.4). */
#define SPAN_ADDRESS_END ((uint64_t)1 << 52)
#define PAGE_SIZE_BYTES ((uint64_t)4096)

struct span {
	uint64_t start, end;
};

struct span_set {
	struct span *items;
	size_t count;
	size_t capacity;
};

static inline bool span_is_empty(struct span span)
{
	return span.end <= span.start;
}

static inline uint64_t span_size(struct span span)
{
	return span_is_empty(span) ? 0 : span.end - span.start;
}

/* [start, start + size), cut at SPAN_ADDRESS_END. */
struct span span_of(uint64_t start, uint64_t size);

/* [start, last], with `last` inside, cut at SPAN_ADDRESS_END. */
struct span span_to_last(uint64_t start, uint64_t last);

struct span span_intersect(struct span a, struct span b);
bool span_contains(struct span outer, struct span inner); /* an empty inner is contained */

/* Rounds to whole pages: those inside the span (`_inward`), or those it touches (`_outward`). */
struct span span_pages_inward(struct span span);
struct span span_pages_outward(struct span span);

/* `align` is a power of two; rounding up past SPAN_ADDRESS_END gives SPAN_ADDRESS_END. */
uint64_t address_align_up(uint64_t address, uint64_t align);
uint64_t address_align_down(uint64_t address, uint64_t align);

void span_set_deinit(struct span_set *set);
#define AUTO_SPAN_SET __attribute__((cleanup(span_set_deinit)))

void span_set_add(struct span_set *set, struct span span);
void span_set_remove(struct span_set *set, struct span span);
void span_set_copy(struct span_set *to, const struct span_set *from); /* replaces `to` */
void span_set_add_set(struct span_set *set, const struct span_set *others);
void span_set_remove_set(struct span_set *set, const struct span_set *others);
void span_set_keep(struct span_set *set, struct span within); /* intersects with one span */
void span_set_keep_set(struct span_set *set, const struct span_set *within);
void span_set_pages_inward(struct span_set *set);
void span_set_pages_outward(struct span_set *set);

uint64_t span_set_size(const struct span_set *set); /* bytes, all together */
bool span_set_contains(const struct span_set *set, struct span span);
bool span_set_overlaps(const struct span_set *set, struct span span);

/*
 * Cuts *part, not empty, to its longest beginning that lies entirely within the
 * set, or entirely outside; returns true if within. For parts in ascending order:
 * *next, 0 at first, is the position in the set to continue at.
 */
bool span_set_split(const struct span_set *set, size_t *next, struct span *part);

/* The first memory of the set at or after `address`; empty, at SPAN_ADDRESS_END, if there is none. */
struct span span_set_from(const struct span_set *set, uint64_t address);

struct span span_set_largest(const struct span_set *set); /* of several, the lowest; empty if there is none */

/*
 * The lowest or highest place for `size` bytes (> 0) aligned to `align` (a
 * power of two) that lies within `within` and within one span of the set.
 * False, *ret_start untouched, if there is none.
 */
bool span_set_find_low(const struct span_set *set, struct span within, uint64_t size, uint64_t align,
		       uint64_t *ret_start);
bool span_set_find_high(const struct span_set *set, struct span within, uint64_t size, uint64_t align,
			uint64_t *ret_start);

#endif
