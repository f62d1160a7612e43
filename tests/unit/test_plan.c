/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/plan/plan.h"

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define MIB (UINT64_C(1) << 20)
#define ANYWHERE { 0, SPAN_ADDRESS_END }

/* "1000-1fff kernel, …" */
static char *plan_text(const struct plan *plan)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < plan->count; i++) {
		AUTO_FREE char *before = text;
		const struct plan_segment *segment = &plan->segments[i];

		text = xasprintf("%s%s%" PRIx64 "-%" PRIx64 " %s", before, i ? ", " : "", segment->memory.start,
				 segment->memory.end - 1, segment->what);
	}
	return text;
}

static void plan_is(const struct plan *plan, const char *wanted, const char *name)
{
	AUTO_FREE char *text = plan_text(plan);

	is_text(text, wanted, "%s", name);
}

/* A plan in the first `size` bytes from 1 MiB on. */
static void plan_in(struct plan *plan, uint64_t size)
{
	AUTO_SPAN_SET struct span_set free = { 0 };

	span_set_add(&free, span_of(MIB, size));
	plan_init(plan, &free);
}

static void test_place(void)
{
	AUTO_PLAN struct plan plan = { 0 };
	const struct plan_need needs[] = {
		{ "kernel", 0x3001, 0x200000, ANYWHERE, false },
		{ "low", 1, 0, ANYWHERE, false },
		{ "high", 0x1000, 0, ANYWHERE, true },
		{ "bounded", 0x1000, 0, { 0x300000, 0x400000 }, true },
	};
	const struct plan_need none = { "none", 0, 0, { 0, MIB }, false };
	uint64_t starts[4];

	plan_in(&plan, 4 * MIB);
	ok(no_error(plan_place(&plan, "memory", needs, 4, starts)), "four parts are placed");
	is_u64(starts[0], 0x200000, "aligned");
	is_u64(starts[1], 0x100000, "at the lowest place");
	is_u64(starts[2], 0x4ff000, "at the highest place");
	is_u64(starts[3], 0x3ff000, "in its bounds");
	plan_complete(&plan, NULL);
	plan_is(&plan, "100000-100fff low, 200000-203fff kernel, 3ff000-3fffff bounded, 4ff000-4fffff high",
		"in whole pages, in order");
	ok(no_error(plan_place(&plan, "memory", &none, 1, starts)) && starts[0] == 0 && plan.count == 4,
	   "a part of 0 bytes gets none");
	ok(no_error(plan_place_at(&plan, "memory", "here", (struct span){ 0x150010, 0x150020 })),
	   "a fixed address");
	ok(error_contains(plan_place_at(&plan, "the window", "there", (struct span){ 0x203fff, 0x205000 }),
			  "there has to be at 0x203fff-0x204fff, which is not free memory in the window"), "an address that is in use");
	ok(error_contains(plan_place_at(&plan, "memory", "there", (struct span){ 0x4ff000, 0x501000 }), "not free"),
	   "an address that is partly outside");
}

static void test_no_room(void)
{
	AUTO_PLAN struct plan plan = { 0 };
	const struct plan_need first = { "kernel", 3 * MIB, 0, ANYWHERE, false };
	const struct plan_need needs[] = { { "initrd", 0x80001, 0, ANYWHERE, false },
					   { "notes", 2 * MIB, 0, { 0x490000, 0x500000 }, false } };
	uint64_t starts[2];

	plan_in(&plan, 4 * MIB);
	ok(no_error(plan_place(&plan, "memory", &first, 1, starts)), "a first part");
	ok(error_contains(plan_place(&plan, "the window", needs, 2, starts),
			  "the window is too small: no room for the notes from 0x490000 on; needed are kernel 3.0 MiB, initrd "
		      "516.0 KiB, notes 2.0 MiB, together 5636 KiB; the largest piece left there has 448 KiB"),
	   "the second of two more: all are listed, in whole pages");
}

static void test_complete(void)
{
	AUTO_PLAN struct plan plan = { 0 };
	AUTO_SPAN_SET struct span_set keep = { 0 };

	span_set_add(&keep, (struct span){ 0x1000, 0x9f000 });
	span_set_add(&keep, (struct span){ 0x100000, 0x200000 });
	span_set_add(&keep, (struct span){ 0x300000, 0x400000 });
	span_set_add(&keep, (struct span){ 0x500000, 0x600000 });
	plan_init(&plan, &keep);
	ok(no_error(plan_place_at(&plan, "", "b", (struct span){ 0x180000, 0x190000 })) &&
		   no_error(plan_place_at(&plan, "", "a", (struct span){ 0x140000, 0x150000 })) &&
		   no_error(plan_place_at(&plan, "", "c", (struct span){ 0x300000, 0x301000 })), "three segments");
	plan_complete(&plan, &keep);
	plan_is(&plan,
		"1000-9efff shadow, 100000-13ffff shadow, 140000-17ffff a, 180000-1fffff b, 300000-3fffff c, "
		"500000-5fffff shadow",
		"are stretched, and a shadow covers memory before the first");
	ok(no_error(plan_check(&plan, 16 * MIB)), "the kernel would take that");
}

/* After any placement all kept memory is covered, no other is, and nothing overlaps. */
static void test_cover_everything(void)
{
	struct random random = { 3 };
	bool covered = true;

	for (int round = 0; round < 1000; round++) {
		AUTO_PLAN struct plan plan = { 0 };
		AUTO_SPAN_SET struct span_set keep = { 0 }, segments = { 0 };
		uint64_t sum = 0, starts[1];

		for (int i = 0; i < 4; i++)
			span_set_add(&keep, span_of((1 + random_below(&random, 100)) << 12,
						    (1 + random_below(&random, 20)) << 12));
		plan_init(&plan, &keep);
		for (int i = 0; i < 4; i++) {
			struct plan_need need = { "x", 1 + random_below(&random, 0x5000), 0, ANYWHERE, i % 2 };
			struct error *error = plan_place(&plan, "", &need, 1, starts);

			error_free(error);
		}
		plan_complete(&plan, &keep);
		for (size_t i = 0; i < plan.count; i++) {
			span_set_add(&segments, plan.segments[i].memory);
			sum += span_size(plan.segments[i].memory);
		}
		span_set_remove_set(&segments, &keep);
		covered = covered && !segments.count && sum == span_set_size(&keep);
	}
	ok(covered, "a thousand plans cover exactly the kept memory, each page once");
}

static void test_fill(void)
{
	AUTO_PLAN struct plan plan = { 0 };
	static const uint8_t data[] = { 1, 2, 3 };
	uint8_t *owned = xcalloc(5, 1);

	plan_in(&plan, MIB);
	ok(no_error(plan_place_at(&plan, "", "x", (struct span){ 0x110000, 0x111000 })), "a segment");
	plan_fill_owned(&plan, 0x110000, owned, 5);
	ok(plan.segments[0].data.data == owned && plan.segments[0].data.size == 5, "is filled with memory of the plan");
	plan_fill(&plan, 0x110000, (struct bytes){ data, 3 });
	ok(plan.segments[0].data.data == data && !plan.segments[0].owned, "and then with borrowed memory");
}

static void test_check(void)
{
	AUTO_PLAN struct plan plan = { 0 };

	plan_in(&plan, 4 * MIB);
	for (uint64_t i = 0; i < 16; i++)
		error_free(plan_place_at(&plan, "", "x", span_of(MIB + i * 0x10000, 0x1000)));
	ok(no_error(plan_check(&plan, 16 * MIB)), "16 segments are taken");
	ok(no_error(plan_check(&plan, 128 * 1024)), "half of memory, too");
	ok(error_contains(plan_check(&plan, 128 * 1024 - 1),
			  "64 KiB are to be loaded or kept, and the running kernel takes at most 60 KiB"), "more is not");
	error_free(plan_place_at(&plan, "", "x", span_of(3 * MIB, 0x1000)));
	ok(error_contains(plan_check(&plan, 16 * MIB), "17 segments are needed, and the kernel takes at most 16"),
	   "17 segments are not");
}

int main(void)
{
	struct plan zero = { 0 };

	test_place();
	test_no_room();
	test_complete();
	test_cover_everything();
	test_fill();
	test_check();
	plan_deinit(&zero);
	return tap_done();
}
