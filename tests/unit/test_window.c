/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/plan/window.h"

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define MIB (UINT64_C(1) << 20)

/* 1 GiB with the kernel at 64 MiB, a hole at 256 MiB, and a crashkernel region of `crash_mib` at 512 MiB. */
static void make_machine(struct machine *machine, unsigned int crash_mib)
{
	AUTO_FREE char *crash = crash_mib ? xasprintf("  20000000-%08" PRIx64 " : Crash kernel\n",
						      0x20000000 + crash_mib * MIB - 1) :
					    xstrdup("");
	AUTO_FREE char *text = xasprintf("00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n"
					 "00100000-100003ff : System RAM\n  04000000-04ffffff : Kernel code\n"
					 "  05800000-05ffffff : Kernel data\n10000400-1000ffff : ACPI Tables\n"
					 "10010000-3fffffff : System RAM\n%s",
					 crash);

	*machine = (struct machine){ .total_ram_bytes = 1000 * MIB };
	if (!no_error(iomem_parse(text, &machine->iomem)))
		return;
	memmap_collect(&machine->iomem.map, MEMORY_RAM, &machine->ram);
	for (size_t i = 0; i < machine->iomem.map.count; i++)
		memmap_set(&machine->firmware_map, machine->iomem.map.entries[i].span,
			   machine->iomem.map.entries[i].type);
}

static bool bounds_are(const struct window *window, uint64_t start, uint64_t end)
{
	if (window->bounds.start != start || window->bounds.end != end)
		diag("0x%" PRIx64 "-0x%" PRIx64, window->bounds.start, window->bounds.end);
	return window->bounds.start == start && window->bounds.end == end;
}

static void test_given(const struct machine *machine)
{
	AUTO_WINDOW struct window window = { 0 };

	if (!ok(no_error(window_given(machine, 0xfff0000, 0x10020123, &window)), "a window over a hole"))
		return;
	ok(bounds_are(&window, 0xfff0000, 0x10020124) && !window.chosen, "has the bounds that were given");
	ok(window.memory.count == 2 && window.memory.items[0].end == 0x10000000 &&
		   window.memory.items[1].start == 0x10010000 && window.memory.items[1].end == 0x10020000,
	   "and whole pages of RAM in it");
	ok(window.low.count == 1 && window.low.items[0].start == 0x1000 && window.low.items[0].end == 0x9f000,
	   "low memory belongs to it, without page 0");
	ok(!window.overlaps_kernel && !window.in_crash_kernel, "it overlaps neither the kernel nor the crashkernel region");
}

static void test_given_places(const struct machine *machine)
{
	static const struct {
		uint64_t first, last;
		bool kernel, crash;
		const char *name;
	} cases[] = {
		{ 0x3000000, 0x4000fff, true, false, "over the kernel's first page" },
		{ 0x3000000, 0x3ffffff, false, false, "up to the kernel" },
		{ 0x5000000, 0x57fffff, false, false, "between its parts" },
		{ 0x20000000, 0x23ffffff, false, true, "all of the crashkernel region" },
		{ 0x20000000, 0x24000fff, false, false, "a page more" },
		{ 0x0, 0x1fffff, false, false, "from the first byte on" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_WINDOW struct window window = { 0 };

		ok(no_error(window_given(machine, cases[i].first, cases[i].last, &window)) &&
			   window.overlaps_kernel == cases[i].kernel && window.in_crash_kernel == cases[i].crash &&
			   window.memory.items[0].start >= MIB, "%s", cases[i].name);
	}
}

static void test_refused(const struct machine *machine)
{
	static const struct {
		uint64_t first, last;
		const char *text;
	} cases[] = {
		{ 2, 1, "--mem-min 0x2 is above --mem-max 0x1" },
		{ 0, UINT64_MAX, "beyond the end of physical memory" },
		{ 0, SPAN_ADDRESS_END, "beyond the end of physical memory" },
		{ 0x50000000, SPAN_ADDRESS_END - 1, "holds no RAM above 1 MiB" },
		{ 0, 0xfffff, "holds no RAM above 1 MiB" },
		{ 0x10000000, 0x1000ffff, "holds no RAM above 1 MiB" },
		{ 0x2000800, 0x2001ffe, "holds no RAM above 1 MiB" },
		{ 0x1000000, 0x3fffffff, "of RAM; the kernel keeps at most 500.0 MiB" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct window window = { 0 };

		ok(error_contains(window_given(machine, cases[i].first, cases[i].last, &window), cases[i].text) &&
			   !window.memory.items, "0x%" PRIx64 "-0x%" PRIx64, cases[i].first, cases[i].last);
	}
}

static const struct window_requirements small_needs = { 20 * MIB, 2 * MIB, 16 * MIB, MIB, UINT64_C(1) << 32, 0 };

/* Chooses with these bounds; {0, 0} if there is none. */
static struct span chosen(const struct machine *machine, const struct window_requirements *requirements, uint64_t mem_min,
			  uint64_t mem_max, bool *ret_crash)
{
	AUTO_WINDOW struct window window = { 0 };
	struct error *error = window_choose(machine, requirements, mem_min, mem_max, &window);

	*ret_crash = !error && window.in_crash_kernel;
	if (error || !window.chosen || window.overlaps_kernel)
		window.bounds = (struct span){ 0 };
	error_free(error);
	return window.bounds;
}

static void test_choose(void)
{
	struct machine machine, with_crash, with_small_crash;
	struct window_requirements known = small_needs;
	struct window_requirements large = { 100 * MIB, 2 * MIB, 16 * MIB, 20 * MIB, UINT64_C(1) << 32, 0 };
	struct window window = { 0 };
	struct span span;
	bool crash;

	make_machine(&machine, 0);
	make_machine(&with_crash, 128);
	make_machine(&with_small_crash, 52);
	span = chosen(&machine, &small_needs, 0, UINT64_MAX, &crash);
	ok(span.start == 0x6200000 && span_size(span) == 128 * MIB && !crash,
	   "the lowest place for 128 MiB: behind the kernel and its .brk, there are only 48 MiB before it");
	known.spare_bytes = 30 * MIB;
	span = chosen(&machine, &known, 0, UINT64_MAX, &crash);
	ok(span_size(span) == 54 * MIB, "no more than what is known to suffice: kernel, unpacked initrd, spare memory");
	span = chosen(&with_crash, &small_needs, 0, UINT64_MAX, &crash);
	ok(span.start == 0x20000000 && span_size(span) == 128 * MIB && crash, "the crashkernel region");
	span = chosen(&with_crash, &large, 0, UINT64_MAX, &crash);
	ok(!crash && span_size(span) >= 120 * MIB, "not if it has less than 32 MiB beside the loaded parts");
	span = chosen(&with_small_crash, &small_needs, 0, UINT64_MAX, &crash);
	ok(!crash && span.start == 0x6200000, "not if it is too small");
	span = chosen(&with_crash, &small_needs, 0x24000000, UINT64_MAX, &crash);
	ok(crash && span.start == 0x24000000, "the part of it inside the bounds");
	span = chosen(&with_crash, &small_needs, 0, 0x1fffffff, &crash);
	ok(!crash && span.end <= 0x20000000, "not if it is outside the bounds");
	span = chosen(&machine, &small_needs, 0, 0x3ffffff, &crash);
	ok(span.start == 0x1000000 && span.end <= 0x4000000 && span_size(span) >= 21 * MIB,
	   "a smaller one where there is less RAM");
	ok(error_contains(window_choose(&machine, &small_needs, 0, 0x23fffff, &window), "22.0 MiB of RAM in one piece from"),
	   "never less than the requirements");
	ok(error_contains(window_choose(&machine, &small_needs, 2, 1, &window), "--mem-min 0x2 is above"),
	   "bounds in the wrong order");
	machine_deinit(&machine);
	machine_deinit(&with_crash);
	machine_deinit(&with_small_crash);
}

/* Memory that was plugged in since boot: the firmware's map does not have it. */
static void test_added_memory(struct machine *machine)
{
	AUTO_WINDOW struct window window = { 0 };
	AUTO_MEMMAP struct memmap map = { 0 };
	struct span plugged = { 0x100000000, 0x140000000 };

	span_set_add(&machine->ram, plugged);
	if (!no_error(window_given(machine, 0x1000000, 0x3ffffff, &window)))
		return;
	window_memmap(&window, machine, &map);
	ok(map.entries[map.count - 1].span.start <= plugged.start && map.entries[map.count - 1].span.end == plugged.end &&
		   map.entries[map.count - 1].type == MEMORY_RESERVED, "it is reserved in the map of B");
}

/* The contracts for every window: the kept and the visible memory are all of RAM, and do not overlap. */
static void test_parts(const struct machine *machine)
{
	AUTO_WINDOW struct window window = { 0 };
	AUTO_SPAN_SET struct span_set kept = { 0 }, outside = { 0 }, all = { 0 }, b_ram = { 0 };
	AUTO_MEMMAP struct memmap map = { 0 };

	if (!no_error(window_given(machine, 0xf000000, 0x14ffffff, &window)))
		return;
	window.headers = (struct span){ 0x14fff000, 0x15000000 };
	window_shadowed(&window, &kept);
	window_outside(&window, machine, &outside);
	window_memmap(&window, machine, &map);
	span_set_copy(&all, &machine->ram);
	span_set_pages_inward(&all);
	is_u64(span_set_size(&kept) + span_set_size(&outside), span_set_size(&all), "kept and visible memory are all of RAM");
	span_set_add_set(&outside, &kept);
	is_u64(span_set_size(&outside), span_set_size(&all), "and do not overlap");
	memmap_collect(&map, MEMORY_RAM, &b_ram);
	span_set_remove(&kept, window.headers);
	is_u64(span_set_size(&b_ram), span_set_size(&kept), "B gets as much RAM as is kept, without the headers");
	span_set_remove_set(&b_ram, &kept);
	is_u64(b_ram.count, 0, "and no other");
	ok(map.count > 3, "in more than one entry");

	AUTO_SPAN_SET struct span_set acpi = { 0 };
	memmap_collect(&map, MEMORY_ACPI, &acpi);
	ok(acpi.count == 1 && acpi.items[0].end == 0x10010000, "ACPI tables keep their place");
}

int main(void)
{
	struct machine machine;

	make_machine(&machine, 64);
	test_given(&machine);
	test_given_places(&machine);
	test_refused(&machine);
	test_choose();
	test_parts(&machine);
	test_added_memory(&machine);
	machine_deinit(&machine);
	return tap_done();
}
