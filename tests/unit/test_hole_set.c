/* SPDX-License-Identifier: GPL-2.0-only */
/* Holes that are worth it, and of too many the largest. */
#include "lib/core/hole_set.h"

#include "tests/tap.h"

static struct span pages(uint64_t first, uint64_t count)
{
	return span_of(first * PAGE_SIZE_BYTES, count * PAGE_SIZE_BYTES);
}

static void test_all(void)
{
	AUTO_HOLE_SET struct hole_set holes = { 0 };

	for (uint64_t i = 0; i < 10000; i++)
		hole_set_add(&holes, pages(2 * i, 1));
	hole_set_end(&holes);
	is_u64(holes.spans.count, 10000, "without bounds all are kept");
}

static void test_least(void)
{
	AUTO_HOLE_SET struct hole_set holes = { .least_bytes = 4 * PAGE_SIZE_BYTES };

	for (uint64_t page = 10; page < 14; page++)
		hole_set_add(&holes, pages(page, 1));
	hole_set_add(&holes, pages(20, 3));
	hole_set_add(&holes, pages(30, 5));
	hole_set_add(&holes, pages(40, 1));
	hole_set_end(&holes);
	ok(holes.spans.count == 2 && span_contains(holes.spans.items[0], pages(10, 4)) &&
		   span_contains(holes.spans.items[1], pages(30, 5)),
	   "small ones are not kept, but those that grow together are");
}

/* Holes of 1 to 8 pages, `count` of them. */
static void add_mixed(struct hole_set *holes, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		hole_set_add(holes, pages(10 * i, i % 8 + 1));
	hole_set_end(holes);
}

static void test_bound(void)
{
	AUTO_HOLE_SET struct hole_set holes = { .least_bytes = PAGE_SIZE_BYTES, .count_max = 1024 };
	bool large = true;
	size_t largest = 0;

	add_mixed(&holes, 4000);
	for (size_t i = 0; i < holes.spans.count; i++) {
		large &= span_size(holes.spans.items[i]) >= holes.least_bytes;
		largest += span_size(holes.spans.items[i]) == 8 * PAGE_SIZE_BYTES;
	}
	ok(holes.spans.count <= 1024 && holes.spans.capacity <= 1024, "there are never more than may be");
	is_u64(largest, 500, "the largest are all among them");
	is_u64(holes.least_bytes, 8 * PAGE_SIZE_BYTES, "the smallest went first");
	ok(large, "no smaller one came after that");
}

static void test_equal(void)
{
	AUTO_HOLE_SET struct hole_set holes = { .count_max = 64 };

	for (uint64_t i = 0; i < 1000; i++)
		hole_set_add(&holes, pages(2 * i, 1));
	hole_set_end(&holes);
	ok(holes.spans.count <= 64, "nor where all are of one size");
}

int main(void)
{
	test_all();
	test_least();
	test_bound();
	test_equal();
	return tap_done();
}
