/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/plan/window.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "lib/base/sizes.h"

/* A distribution's kernel with its initramfs runs well in this much. */
#define COMFORTABLE_BYTES (128 * MIB)

/* A crashkernel region is used if it leaves B at least this much beside the loaded parts. */
#define CRASH_KERNEL_SPARE_BYTES (32 * MIB)

/*
 * Behind its bss, and not in /proc/iomem, a kernel has its .brk with early
 * page tables (arch/x86/kernel/vmlinux.lds.S); B has to see those, too.
 */
#define KERNEL_BRK_BYTES (2 * MIB)

/* Kept free of the limit for low memory and rounding. */
#define LIMIT_SPARE_BYTES (2 * MIB)

void window_deinit(struct window *window)
{
	span_set_deinit(&window->memory);
	span_set_deinit(&window->low);
}

/* The part of memory that real mode, and with it every CPU's start, can use. */
void window_low_memory(const struct machine *machine, struct span_set *ret_set)
{
	span_set_copy(ret_set, &machine->ram);
	span_set_keep(ret_set, (struct span){ PAGE_SIZE_BYTES, LOW_MEMORY_END });
	span_set_pages_inward(ret_set);
}

/* RAM without that of drivers (kmem, virtio_mem): a driver may remove it again when the next kernel starts it. */
static void collect_steady_ram(const struct machine *machine, struct span_set *ret_set)
{
	span_set_copy(ret_set, &machine->ram);
	span_set_remove_set(ret_set, &machine->iomem.driver_managed);
}

static void collect(const struct machine *machine, struct span bounds, struct window *window)
{
	struct span above = span_intersect(bounds, (struct span){ MIB, SPAN_ADDRESS_END });

	window->bounds = bounds;
	collect_steady_ram(machine, &window->memory);
	span_set_keep(&window->memory, above);
	span_set_pages_inward(&window->memory);
	window_low_memory(machine, &window->low);
	for (size_t i = 0; i < machine->iomem.kernel_image.count; i++)
		window->overlaps_kernel |=
			span_set_overlaps(&window->memory, machine->iomem.kernel_image.items[i]);
	window->in_crash_kernel = span_set_contains(&machine->iomem.crash_kernel, bounds);
}

struct error *window_given(const struct machine *machine, uint64_t mem_min, uint64_t mem_max,
			   struct window *ret_window)
{
	struct window window = { 0 };

	if (mem_min > mem_max)
		return error_new("--mem-min 0x%" PRIx64 " is above --mem-max 0x%" PRIx64, mem_min, mem_max);
	if (mem_max >= SPAN_ADDRESS_END)
		return error_new("--mem-max 0x%" PRIx64 " is beyond the end of physical memory", mem_max);
	collect(machine, span_to_last(mem_min, mem_max), &window);

	uint64_t size = span_set_size(&window.memory), limit = machine->total_ram_bytes / 2;
	bool plugged = span_set_overlaps(&machine->iomem.driver_managed, window.bounds);

	if (!size || size > limit) {
		window_deinit(&window);
		if (!size)
			return error_new("the window 0x%" PRIx64 "-0x%" PRIx64 " holds no RAM above 1 MiB (see "
					 "System RAM in /proc/iomem%s)",
					 mem_min, mem_max,
					 plugged ? "; what a driver has added there, it may take away" : "");
		AUTO_FREE char *have = size_text(size);
		AUTO_FREE char *most = size_text(limit);

		return error_new("the window 0x%" PRIx64 "-0x%" PRIx64 " holds %s of RAM; the kernel keeps at most %s "
				 "(half of its memory) aside: choose a smaller window",
				 mem_min, mem_max, have, most);
	}
	*ret_window = window;
	return NULL;
}

struct error *window_of_memory(const struct machine *machine, const struct span_set *memory, struct window *ret_window)
{
	AUTO_SPAN_SET struct span_set above = { 0 }, now = { 0 };
	struct window window = { 0 };

	span_set_copy(&above, memory);
	span_set_keep(&above, (struct span){ MIB, SPAN_ADDRESS_END });
	if (above.count)
		collect(machine, (struct span){ above.items[0].start, above.items[above.count - 1].end }, &window);
	window_shadowed(&window, &now);
	span_set_copy(&above, memory);
	span_set_remove_set(&above, &now);
	span_set_remove_set(&now, memory);
	if (!window.memory.count || above.count || now.count) {
		window_deinit(&window);
		return error_new("the machine's memory (System RAM in /proc/iomem) is not what it was there");
	}
	*ret_window = window;
	return NULL;
}

/* The least that fits kernel and all other parts, in any order. */
static uint64_t least_size(const struct window_requirements *requirements)
{
	return address_align_up(requirements->kernel_size + requirements->other_size, 2 * MIB);
}

static uint64_t comfortable_size(const struct machine *machine, const struct window_requirements *requirements)
{
	uint64_t least = least_size(requirements), limit = machine->total_ram_bytes / 2;
	/* An initrd is unpacked in the window, to about three times its size. */
	uint64_t size = requirements->kernel_size + 4 * requirements->other_size;

	size += requirements->spare_bytes ? requirements->spare_bytes : COMFORTABLE_BYTES / 2;
	if (!requirements->spare_bytes && size < COMFORTABLE_BYTES)
		size = COMFORTABLE_BYTES;
	limit = limit > LIMIT_SPARE_BYTES ? limit - LIMIT_SPARE_BYTES : 0;
	if (size > limit)
		size = limit;
	return size < least ? least : address_align_down(size, 2 * MIB);
}

static bool choose_in_crash_kernel(const struct machine *machine, const struct window_requirements *requirements,
				   struct span allowed, struct span *ret_bounds)
{
	uint64_t size = comfortable_size(machine, requirements);

	for (size_t i = 0; i < machine->iomem.crash_kernel.count; i++) {
		struct span region = span_pages_inward(span_intersect(machine->iomem.crash_kernel.items[i], allowed));

		if (span_size(region) < least_size(requirements) + CRASH_KERNEL_SPARE_BYTES)
			continue;
		*ret_bounds = span_intersect(region, span_of(region.start, size));
		return true;
	}
	return false;
}

static bool choose_beside_kernel(const struct machine *machine, const struct window_requirements *requirements,
				 struct span allowed, struct span *ret_bounds)
{
	AUTO_SPAN_SET struct span_set room = { 0 };
	uint64_t align = requirements->kernel_align > 2 * MIB ? requirements->kernel_align : 2 * MIB;
	uint64_t start;

	collect_steady_ram(machine, &room);
	for (size_t i = 0; i < machine->iomem.kernel_image.count; i++) {
		struct span part = machine->iomem.kernel_image.items[i];

		span_set_remove(&room, (struct span){ part.start, part.end + KERNEL_BRK_BYTES });
	}
	span_set_remove_set(&room, &machine->parked);
	span_set_keep(&room, allowed);
	for (uint64_t size = comfortable_size(machine, requirements);;) {
		if (span_set_find_low(&room, allowed, size, align, &start)) {
			*ret_bounds = span_of(start, size);
			return true;
		}
		if (size <= least_size(requirements))
			return false;
		size = address_align_down(size - size / 8, 2 * MIB);
		if (size < least_size(requirements))
			size = least_size(requirements);
	}
}

struct error *window_choose(const struct machine *machine, const struct window_requirements *requirements,
			    uint64_t mem_min, uint64_t mem_max, struct window *ret_window)
{
	struct span allowed = { requirements->kernel_start > mem_min ? requirements->kernel_start : mem_min,
				mem_max < requirements->address_end ? mem_max + 1 : requirements->address_end };
	struct window window = { 0 };
	struct span bounds;

	if (mem_min > mem_max)
		return error_new("--mem-min 0x%" PRIx64 " is above --mem-max 0x%" PRIx64, mem_min, mem_max);
	if (!choose_in_crash_kernel(machine, requirements, allowed, &bounds) &&
	    !choose_beside_kernel(machine, requirements, allowed, &bounds)) {
		AUTO_FREE char *size = size_text(least_size(requirements));

		return error_new("found no window: %s of RAM in one piece from 0x%" PRIx64 " on, beside the running "
				 "kernel, are needed; choose one with --mem-min and --mem-max, or reserve one with "
				 "crashkernel=",
				 size, allowed.start);
	}
	collect(machine, bounds, &window);
	window.chosen = true;
	*ret_window = window;
	return NULL;
}

struct span crash_kernel_region(const struct iomem *iomem)
{
	const struct span_set *regions = &iomem->crash_kernel;

	return regions->count ? regions->items[regions->count - 1] : (struct span){ 0, 0 };
}

struct error *window_crash(const struct machine *machine, uint64_t mem_min, uint64_t mem_max,
			   struct window *ret_window)
{
	struct span region = crash_kernel_region(&machine->iomem);
	struct span allowed = span_to_last(mem_min, mem_max);
	struct span bounds = span_pages_inward(span_intersect(region, allowed));
	struct window window = { 0 };

	if (span_is_empty(region))
		return error_new("no memory is reserved for a crash kernel (no \"Crash kernel\" in /proc/iomem): boot "
				 "this kernel with crashkernel=256M, or another size, on its command line");
	if (span_is_empty(bounds))
		return error_new("nothing of the crash kernel's region 0x%" PRIx64 "-0x%" PRIx64 " is inside --mem-min "
				 "and --mem-max",
				 region.start, region.end - 1);
	collect(machine, bounds, &window);
	span_set_copy(&window.memory, &machine->iomem.crash_kernel);
	span_set_add_set(&window.memory, &machine->crash_cma);
	span_set_pages_inward(&window.memory);
	*ret_window = window;
	return NULL;
}

void window_shadowed(const struct window *window, struct span_set *ret_set)
{
	span_set_add_set(ret_set, &window->memory);
	span_set_add_set(ret_set, &window->low);
}

void window_outside(const struct window *window, const struct machine *machine, struct span_set *ret_set)
{
	span_set_add_set(ret_set, &machine->ram);
	span_set_pages_inward(ret_set);
	span_set_remove_set(ret_set, &window->memory);
	span_set_remove_set(ret_set, &window->low);
}

static void set_all(struct memmap *map, const struct span_set *spans, enum memory_type type)
{
	for (size_t i = 0; i < spans->count; i++)
		memmap_set(map, spans->items[i], type);
}

/*
 * Linux counts a reserved range as a device of its own if it begins below 1 MiB
 * (do_mark_busy, arch/x86/kernel/e820.c), and with CONFIG_IO_STRICT_DEVMEM
 * /dev/mem refuses it then. Linux merges ranges that touch. So the firmware's
 * range below 1 MiB must not touch A's memory above it: the page between them,
 * which is ROM, is left out.
 */
static void part_at_1mib(struct memmap *map)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->entries[i].type == MEMORY_RESERVED && map->entries[i].span.start < MIB - PAGE_SIZE_BYTES &&
		    map->entries[i].span.end > MIB)
			memmap_set(map, (struct span){ MIB - PAGE_SIZE_BYTES, MIB }, MEMORY_NONE);
}

void window_memmap(const struct window *window, const struct machine *machine, struct memmap *ret_map)
{
	for (size_t i = 0; i < machine->firmware_map.count; i++) {
		const struct memmap_entry *entry = &machine->firmware_map.entries[i];

		memmap_set(ret_map, entry->span, entry->type == MEMORY_RAM ? MEMORY_RESERVED : entry->type);
	}
	set_all(ret_map, &machine->ram, MEMORY_RESERVED);
	set_all(ret_map, &window->memory, MEMORY_RAM);
	set_all(ret_map, &window->low, MEMORY_RAM);
	memmap_set(ret_map, window->headers, MEMORY_RESERVED);
	part_at_1mib(ret_map);
}
