/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sets of spans against an oracle: an array that says of each of UNITS
 * neighbouring pieces of memory whether it is in the set.
 */
#include "lib/base/span.h"

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define UNITS 96

/* Where the pieces are, and how large each is. */
struct universe {
	uint64_t base, unit;
};

struct model {
	struct universe universe;
	bool has[UNITS];
};

static uint64_t address_of(const struct universe *universe, size_t unit)
{
	return universe->base + unit * universe->unit;
}

static struct span random_span(struct random *random, const struct universe *universe)
{
	size_t a = random_below(random, UNITS + 1), b = random_below(random, UNITS + 1);

	/* Some are empty, and some of those upside down. */
	if (a > b && random_below(random, 8))
		return (struct span){ address_of(universe, b), address_of(universe, a) };
	return (struct span){ address_of(universe, a), address_of(universe, b) };
}

static bool unit_is_in(const struct universe *universe, size_t unit, struct span span)
{
	return span.start <= address_of(universe, unit) && address_of(universe, unit + 1) <= span.end;
}

static void model_fill(struct model *model, struct span span, bool value)
{
	for (size_t i = 0; i < UNITS; i++)
		if (unit_is_in(&model->universe, i, span))
			model->has[i] = value;
}

static bool is_canonical(const struct span_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (span_is_empty(set->items[i]) || set->items[i].end > SPAN_ADDRESS_END)
			return false;
		if (i && set->items[i - 1].end >= set->items[i].start)
			return false;
	}
	return set->count <= set->capacity;
}

/* The set has exactly the units of the model, and nothing outside of them. */
static bool same(const struct span_set *set, const struct model *model)
{
	uint64_t size = 0;

	for (size_t i = 0; i < UNITS; i++) {
		struct span unit = { address_of(&model->universe, i), address_of(&model->universe, i + 1) };

		size += model->has[i] ? model->universe.unit : 0;
		if (span_set_contains(set, unit) != model->has[i] || span_set_overlaps(set, unit) != model->has[i])
			return false;
	}
	return is_canonical(set) && span_set_size(set) == size;
}

static bool model_contains(const struct model *model, struct span span)
{
	for (size_t i = 0; i < UNITS; i++)
		if (unit_is_in(&model->universe, i, span) && !model->has[i])
			return false;
	return true;
}

static bool model_overlaps(const struct model *model, struct span span)
{
	for (size_t i = 0; i < UNITS; i++)
		if (unit_is_in(&model->universe, i, span) && model->has[i])
			return true;
	return false;
}

static uint64_t model_largest(const struct model *model)
{
	uint64_t run = 0, largest = 0;

	for (size_t i = 0; i < UNITS; i++) {
		run = model->has[i] ? run + model->universe.unit : 0;
		largest = run > largest ? run : largest;
	}
	return largest;
}

/* Every place is tried, from the side that is asked for. */
static bool model_find(const struct model *model, struct span within, uint64_t size, uint64_t align, bool high,
		       uint64_t *ret_start)
{
	for (size_t i = 0; i < UNITS; i++) {
		uint64_t start = address_of(&model->universe, high ? UNITS - 1 - i : i);
		struct span place = { start, start + size };

		if (start % align || place.end > address_of(&model->universe, UNITS) ||
		    !span_contains(within, place) || !model_contains(model, place))
			continue;
		*ret_start = start;
		return true;
	}
	return false;
}

/* Sizes in units and alignments of at least a unit, so that each place is at a unit. */
static bool same_places(const struct span_set *set, const struct model *model, struct random *random)
{
	struct span within = random_span(random, &model->universe);
	uint64_t size = (1 + random_below(random, 12)) * model->universe.unit;
	uint64_t align = model->universe.unit << random_below(random, 5);
	uint64_t wanted = 1, got = 1;

	if (span_set_find_low(set, within, size, align, &got) !=
		    model_find(model, within, size, align, false, &wanted) || got != wanted)
		return false;
	got = wanted = 1;
	return span_set_find_high(set, within, size, align, &got) ==
		       model_find(model, within, size, align, true, &wanted) && got == wanted;
}

/* All of the universe, in parts of random sizes: each is cut where the set begins or ends. */
static bool same_splits(const struct span_set *set, const struct model *model, struct random *random)
{
	const struct universe *universe = &model->universe;
	size_t next = 0;

	for (size_t unit = 0, last; unit < UNITS; unit = last) {
		size_t end = unit + 1 + random_below(random, UNITS - unit);
		struct span part = { address_of(universe, unit), address_of(universe, end) };
		bool within = span_set_split(set, &next, &part);

		for (last = unit; last < end && model->has[last] == model->has[unit];)
			last++;
		if (within != model->has[unit] || part.start != address_of(universe, unit) ||
		    part.end != address_of(universe, last))
			return false;
	}
	return true;
}

/* Asked in the middle of a unit and at its beginning. */
static bool same_from(const struct span_set *set, const struct model *model, struct random *random)
{
	const struct universe *universe = &model->universe;
	size_t first = random_below(random, UNITS), last;
	uint64_t from = address_of(universe, first) + random_below(random, 2) * (universe->unit / 2);
	struct span found = span_set_from(set, from);

	while (first < UNITS && !model->has[first])
		from = address_of(universe, ++first);
	for (last = first; last < UNITS && model->has[last];)
		last++;
	if (first == UNITS)
		return span_is_empty(found) && found.start == SPAN_ADDRESS_END;
	return found.start == from && found.end == address_of(universe, last);
}

static bool same_answers(const struct span_set *set, const struct model *model, struct random *random)
{
	struct span span = random_span(random, &model->universe);

	return span_set_contains(set, span) == model_contains(model, span) &&
	       span_set_overlaps(set, span) == model_overlaps(model, span) &&
	       span_size(span_set_largest(set)) == model_largest(model) && same_places(set, model, random) &&
	       same_splits(set, model, random) && same_from(set, model, random);
}

/* A second set and its model, to add or remove as a whole. */
static void change_by_set(struct span_set *set, struct model *model, struct random *random, bool add)
{
	AUTO_SPAN_SET struct span_set others = { 0 };

	for (size_t i = random_below(random, 4); i-- > 0;) {
		struct span span = random_span(random, &model->universe);

		span_set_add(&others, span);
		model_fill(model, span, add);
	}
	if (add)
		span_set_add_set(set, &others);
	else
		span_set_remove_set(set, &others);
}

/* The same with a set to intersect with. */
static void keep_set(struct span_set *set, struct model *model, struct random *random)
{
	AUTO_SPAN_SET struct span_set within = { 0 };
	struct model kept = { .universe = model->universe };

	for (size_t i = 1 + random_below(random, 6); i-- > 0;) {
		struct span span = random_span(random, &model->universe);

		span_set_add(&within, span);
		model_fill(&kept, span, true);
	}
	span_set_keep_set(set, &within);
	for (size_t i = 0; i < UNITS; i++)
		model->has[i] = model->has[i] && kept.has[i];
}

static void change(struct span_set *set, struct model *model, struct random *random)
{
	struct span span = random_span(random, &model->universe);
	size_t what = random_below(random, 21);

	if (what < 9) {
		span_set_add(set, span);
		model_fill(model, span, true);
	} else if (what < 17) {
		span_set_remove(set, span);
		model_fill(model, span, false);
	} else if (what < 18 && !span_is_empty(span)) {
		span_set_keep(set, span);
		model_fill(model, (struct span){ 0, span.start }, false);
		model_fill(model, (struct span){ span.end, UINT64_MAX }, false);
	} else if (what == 20) {
		keep_set(set, model, random);
	} else {
		change_by_set(set, model, random, what & 1);
	}
}

static void test_against_model(const char *where, struct universe universe, uint64_t seed)
{
	AUTO_SPAN_SET struct span_set set = { 0 };
	AUTO_SPAN_SET struct span_set copy = { 0 };
	struct random random = { seed };
	struct model model = { .universe = universe };
	bool sets = true, answers = true, copies = true;

	for (int i = 0; i < 4000; i++) {
		change(&set, &model, &random);
		sets = sets && same(&set, &model);
		answers = answers && same_answers(&set, &model, &random);
		if (i % 64 == 0) {
			span_set_copy(&copy, &set);
			copies = copies && same(&copy, &model);
		}
	}
	ok(sets, "%s: adding, removing and keeping give the same memory as the model", where);
	ok(answers, "%s: contains, overlaps, largest, find, split and from answer like the model", where);
	ok(copies, "%s: a copy is the same", where);
}

static bool overlap(struct span a, struct span b)
{
	return !span_is_empty(span_intersect(a, b));
}

/* Bytes as units, pages by page arithmetic on each byte's page. */
static void test_page_rounding(void)
{
	struct random random = { 7 };
	bool inward = true, outward = true;

	for (int i = 0; i < 20000; i++) {
		uint64_t base = i % 2 ? SPAN_ADDRESS_END - 0x8000 : 0;
		struct span span = { base + random_below(&random, 0x8001), base + random_below(&random, 0x8001) };
		struct span in = span_pages_inward(span), out = span_pages_outward(span);

		for (uint64_t page = base; page < base + 0x8000; page += 0x1000) {
			struct span whole = { page, page + 0x1000 };
			bool is_in = !span_is_empty(span) && span_contains(span, whole);

			inward = inward && is_in == overlap(in, whole) && is_in == span_contains(in, whole);
			outward = outward && overlap(span, whole) == overlap(out, whole);
		}
		inward = inward && span_contains(span, in);
		outward = outward && span_contains(out, span);
	}
	ok(inward, "rounding inward leaves exactly the pages that are wholly there");
	ok(outward, "rounding outward gives exactly the pages that are touched");
}

static void test_page_rounding_of_sets(void)
{
	AUTO_SPAN_SET struct span_set set = { 0 };

	span_set_add(&set, (struct span){ 0x1001, 0x1fff });
	span_set_add(&set, (struct span){ 0x2010, 0x5ff0 });
	AUTO_SPAN_SET struct span_set out = { 0 };
	span_set_copy(&out, &set);
	span_set_pages_inward(&set);
	span_set_pages_outward(&out);
	ok(set.count == 1 && set.items[0].start == 0x3000 && set.items[0].end == 0x5000,
	   "inward: a span without a whole page is gone");
	ok(out.count == 1 && out.items[0].start == 0x1000 && out.items[0].end == 0x6000,
	   "outward: spans that touch after rounding are one");
}

static void test_edges_of_the_address_space(void)
{
	const uint64_t end = SPAN_ADDRESS_END;
	struct span top = span_of(end - 10, 100), far = span_of(UINT64_MAX, UINT64_MAX);

	ok(top.start == end - 10 && top.end == end, "span_of is cut at the end of addresses");
	ok(span_is_empty(far) && far.end <= end, "span_of beyond the end is empty");
	ok(span_is_empty(span_of(end + 10, 5)), "nor is there a small one");
	ok(span_is_empty(span_of(5, 0)) && span_size(span_of(0, end)) == end, "span_of of nothing and of all");
	is_u64(address_align_up(1, 4096), 4096, "1 is rounded up to a page");
	is_u64(address_align_up(0, (uint64_t)1 << 63), 0, "0 is aligned to anything");
	is_u64(address_align_up(end - 1, 4096), end, "rounding up may reach the end");
	is_u64(address_align_up(1, (uint64_t)1 << 63), end, "rounding up past the end gives the end");
	is_u64(address_align_up(UINT64_MAX, 4096), end, "rounding up does not wrap");
	is_u64(address_align_down(UINT64_MAX, 4096), UINT64_MAX - 4095, "rounding down is exact anywhere");
	is_u64(address_align_down(4095, 4096), 0, "rounding down reaches 0");
	is_u64(span_size((struct span){ 9, 3 }), 0, "an upside-down span is empty");
	ok(!overlap((struct span){ 0, 10 }, (struct span){ 10, 20 }), "neighbours do not overlap");
	ok(span_contains((struct span){ 0, 0 }, (struct span){ 5, 5 }), "an empty span is contained anywhere");
	ok(!span_contains((struct span){ 9, 3 }, (struct span){ 4, 5 }), "an empty span contains nothing");
	ok(span_is_empty(span_intersect((struct span){ 0, 5 }, (struct span){ 7, 9 })) &&
		   span_intersect((struct span){ 0, 5 }, (struct span){ 7, 9 }).end == 7,
	   "an empty intersection is not upside down");
	ok(span_is_empty(span_pages_inward((struct span){ end + 1, UINT64_MAX })) &&
		   span_is_empty(span_pages_outward((struct span){ end + 1, UINT64_MAX })) &&
		   span_is_empty(span_pages_outward((struct span){ end + 0x1000, end + 0x3000 })),
	   "there are no pages beyond the end");
	ok(span_pages_inward((struct span){ 0x1001, 0x1002 }).end >= 0x1001, "no whole page is not upside down");
}

static void test_largest(void)
{
	AUTO_SPAN_SET struct span_set set = { 0 };

	span_set_add(&set, (struct span){ 0, 3 });
	span_set_add(&set, (struct span){ 10, 20 });
	span_set_add(&set, (struct span){ 30, 40 });
	is_u64(span_set_largest(&set).start, 10, "of two largest spans the lower one is given");
}

static void test_sets_at_the_edges(void)
{
	AUTO_SPAN_SET struct span_set set = { 0 };
	uint64_t start = 1;

	ok(!span_set_contains(&set, (struct span){ 0, 1 }) && !span_set_overlaps(&set, (struct span){ 0, UINT64_MAX }),
	   "an empty set contains and overlaps nothing");
	ok(span_is_empty(span_set_largest(&set)) && span_set_size(&set) == 0, "an empty set has no largest span");
	ok(!span_set_find_low(&set, (struct span){ 0, UINT64_MAX }, 1, 1, &start) && start == 1,
	   "an empty set has no place, and the output stays");
	span_set_remove(&set, (struct span){ 0, UINT64_MAX });
	span_set_add(&set, (struct span){ 0, UINT64_MAX });
	ok(set.count == 1 && set.items[0].end == SPAN_ADDRESS_END, "what is added is cut at the end of addresses");
	span_set_add(&set, (struct span){ SPAN_ADDRESS_END + 5, UINT64_MAX });
	ok(set.count == 1 && span_set_size(&set) == SPAN_ADDRESS_END, "beyond the end nothing is added");
	ok(!span_set_find_low(&set, (struct span){ 0, UINT64_MAX }, 0, 1, &start) &&
		   !span_set_find_high(&set, (struct span){ 0, UINT64_MAX }, 0, 1, &start),
	   "there is no place for nothing");
	ok(!span_set_find_high(&set, (struct span){ 0, UINT64_MAX }, UINT64_MAX, 1, &start),
	   "there is no place for more than there is");
	ok(!span_set_find_low(&set, (struct span){ 1, UINT64_MAX }, 1, (uint64_t)1 << 63, &start),
	   "there is no place for an alignment beyond the end");
	ok(span_set_find_high(&set, (struct span){ 0, UINT64_MAX }, 4096, 4096, &start) &&
		   start == SPAN_ADDRESS_END - 4096,
	   "the highest place is the last page");
	span_set_keep(&set, (struct span){ 10, 10 });
	ok(set.count == 0, "keeping nothing keeps nothing");
	span_set_deinit(&set);
	ok(!set.items && !set.count && !set.capacity, "deinit leaves an empty set");
}

int main(void)
{
	test_against_model("bytes from 0", (struct universe){ 0, 1 }, 1);
	test_against_model("pages from 0", (struct universe){ 0, 4096 }, 2);
	test_against_model("2 MiB below 4 GiB", (struct universe){ 0xf8000000, 1 << 21 }, 3);
	test_against_model("bytes up to 2^52", (struct universe){ SPAN_ADDRESS_END - UNITS, 1 }, 4);
	test_against_model("pages up to 2^52", (struct universe){ SPAN_ADDRESS_END - UNITS * 4096, 4096 }, 5);
	test_page_rounding();
	test_page_rounding_of_sets();
	test_edges_of_the_address_space();
	test_largest();
	test_sets_at_the_edges();
	return tap_done();
}
