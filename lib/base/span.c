/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/span.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

struct span span_of(uint64_t start, uint64_t size)
{
	start = min_u64(start, SPAN_ADDRESS_END);
	return (struct span){ start, start + min_u64(size, SPAN_ADDRESS_END - start) };
}

struct span span_intersect(struct span a, struct span b)
{
	struct span both = { max_u64(a.start, b.start), min_u64(a.end, b.end) };

	if (span_is_empty(both))
		both.end = both.start;
	return both;
}

struct span span_to_last(uint64_t start, uint64_t last)
{
	return (struct span){ start, last < SPAN_ADDRESS_END ? last + 1 : SPAN_ADDRESS_END };
}

/* The part of the span below SPAN_ADDRESS_END. */
static struct span within_addresses(struct span span)
{
	return span_intersect(span, (struct span){ 0, SPAN_ADDRESS_END });
}

bool span_contains(struct span outer, struct span inner)
{
	return span_is_empty(inner) || (outer.start <= inner.start && inner.end <= outer.end);
}

uint64_t address_align_down(uint64_t address, uint64_t align)
{
	return address & ~(align - 1);
}

uint64_t address_align_up(uint64_t address, uint64_t align)
{
	uint64_t down = address_align_down(address, align);

	if (down == address)
		return address;
	if (down >= SPAN_ADDRESS_END || align > SPAN_ADDRESS_END - down)
		return SPAN_ADDRESS_END;
	return down + align;
}

struct span span_pages_inward(struct span span)
{
	span = within_addresses(span);

	struct span pages = { address_align_up(span.start, PAGE_SIZE_BYTES),
			      address_align_down(span.end, PAGE_SIZE_BYTES) };

	if (span_is_empty(pages))
		pages.end = pages.start;
	return pages;
}

struct span span_pages_outward(struct span span)
{
	span = within_addresses(span);
	if (span_is_empty(span))
		return span;
	return (struct span){ address_align_down(span.start, PAGE_SIZE_BYTES),
			      address_align_up(span.end, PAGE_SIZE_BYTES) };
}

void span_set_deinit(struct span_set *set)
{
	free(set->items);
	*set = (struct span_set){ 0 };
}

/* Index of the first span that ends at or after `address`: a span that starts there may merge with it. */
static size_t first_ending_from(const struct span_set *set, uint64_t address)
{
	size_t low = 0, high = set->count;

	/* Most sets are built in ascending order. */
	if (high && set->items[high - 1].end < address)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->items[middle].end < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Replaces items [first, last) by `count` (at most 2) new ones. */
static void splice(struct span_set *set, size_t first, size_t last, const struct span *with, size_t count)
{
	size_t tail = set->count - last;

	set->items = xgrow(set->items, &set->capacity, first + count + tail, sizeof(*set->items));
	memmove(set->items + first + count, set->items + last, tail * sizeof(*set->items));
	memcpy(set->items + first, with, count * sizeof(*set->items));
	set->count = first + count + tail;
}

void span_set_add(struct span_set *set, struct span span)
{
	span = within_addresses(span);
	if (span_is_empty(span))
		return;

	size_t first = first_ending_from(set, span.start);
	size_t last = first;

	for (; last < set->count && set->items[last].start <= span.end; last++) {
		span.start = min_u64(span.start, set->items[last].start);
		span.end = max_u64(span.end, set->items[last].end);
	}
	splice(set, first, last, &span, 1);
}

void span_set_remove(struct span_set *set, struct span span)
{
	struct span rest[2];
	size_t count = 0;

	if (span_is_empty(span))
		return;

	size_t first = first_ending_from(set, span.start);
	size_t last = first;

	for (; last < set->count && set->items[last].start < span.end; last++)
		;
	if (first == last)
		return;

	struct span left = { set->items[first].start, min_u64(span.start, set->items[first].end) };
	struct span right = { max_u64(span.end, set->items[last - 1].start), set->items[last - 1].end };

	if (!span_is_empty(left))
		rest[count++] = left;
	if (!span_is_empty(right))
		rest[count++] = right;
	splice(set, first, last, rest, count);
}

void span_set_copy(struct span_set *to, const struct span_set *from)
{
	to->items = xgrow(to->items, &to->capacity, from->count, sizeof(*to->items));
	if (from->count)
		memcpy(to->items, from->items, from->count * sizeof(*to->items));
	to->count = from->count;
}

void span_set_add_set(struct span_set *set, const struct span_set *others)
{
	for (size_t i = 0; i < others->count; i++)
		span_set_add(set, others->items[i]);
}

void span_set_remove_set(struct span_set *set, const struct span_set *others)
{
	for (size_t i = 0; i < others->count; i++)
		span_set_remove(set, others->items[i]);
}

void span_set_keep(struct span_set *set, struct span within)
{
	span_set_remove(set, (struct span){ 0, within.start });
	span_set_remove(set, (struct span){ within.end, UINT64_MAX });
}

void span_set_keep_set(struct span_set *set, const struct span_set *within)
{
	struct span_set kept = { 0 };

	for (size_t i = 0, j = 0; i < set->count && j < within->count;) {
		span_set_add(&kept, span_intersect(set->items[i], within->items[j]));
		if (set->items[i].end < within->items[j].end)
			i++;
		else
			j++;
	}
	span_set_deinit(set);
	*set = kept;
}

/* Applies `change` to every span; the result is merged again where rounding made spans touch. */
static void change_each(struct span_set *set, struct span (*change)(struct span))
{
	struct span_set changed = { 0 };

	for (size_t i = 0; i < set->count; i++)
		span_set_add(&changed, change(set->items[i]));
	span_set_deinit(set);
	*set = changed;
}

void span_set_pages_inward(struct span_set *set)
{
	change_each(set, span_pages_inward);
}

void span_set_pages_outward(struct span_set *set)
{
	change_each(set, span_pages_outward);
}

uint64_t span_set_size(const struct span_set *set)
{
	uint64_t total = 0;

	for (size_t i = 0; i < set->count; i++)
		total += span_size(set->items[i]);
	return total;
}

bool span_set_contains(const struct span_set *set, struct span span)
{
	if (span_is_empty(span))
		return true;

	size_t i = first_ending_from(set, span.start + 1);

	return i < set->count && span_contains(set->items[i], span);
}

bool span_set_overlaps(const struct span_set *set, struct span span)
{
	if (span_is_empty(span))
		return false;

	size_t i = first_ending_from(set, span.start + 1);

	return i < set->count && set->items[i].start < span.end;
}

bool span_set_split(const struct span_set *set, size_t *next, struct span *part)
{
	while (*next < set->count && set->items[*next].end <= part->start)
		(*next)++;
	if (*next == set->count)
		return false;

	struct span item = set->items[*next];
	bool within = item.start <= part->start;

	*part = span_intersect(*part, within ? item : (struct span){ part->start, item.start });
	return within;
}

struct span span_set_from(const struct span_set *set, uint64_t address)
{
	size_t i = address < SPAN_ADDRESS_END ? first_ending_from(set, address + 1) : set->count;

	if (i == set->count)
		return (struct span){ SPAN_ADDRESS_END, SPAN_ADDRESS_END };
	return span_intersect(set->items[i], (struct span){ address, SPAN_ADDRESS_END });
}

struct span span_set_largest(const struct span_set *set)
{
	struct span largest = { 0, 0 };

	for (size_t i = 0; i < set->count; i++)
		if (span_size(set->items[i]) > span_size(largest))
			largest = set->items[i];
	return largest;
}

bool span_set_find_low(const struct span_set *set, struct span within, uint64_t size, uint64_t align,
		       uint64_t *ret_start)
{
	for (size_t i = 0; i < set->count; i++) {
		struct span room = span_intersect(set->items[i], within);

		room.start = address_align_up(room.start, align);
		if (span_size(room) >= size && size) {
			*ret_start = room.start;
			return true;
		}
	}
	return false;
}

bool span_set_find_high(const struct span_set *set, struct span within, uint64_t size, uint64_t align,
			uint64_t *ret_start)
{
	for (size_t i = set->count; i-- > 0;) {
		struct span room = span_intersect(set->items[i], within);

		if (span_size(room) < size || !size)
			continue;

		uint64_t start = address_align_down(room.end - size, align);

		if (start >= room.start) {
			*ret_start = start;
			return true;
		}
	}
	return false;
}
