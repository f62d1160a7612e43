/* SPDX-License-Identifier: GPL-2.0-only */
/* What the placing program does, for both widths; include/place_param.h says why. */
#include "include/place_param.h"

#include <stdbool.h>
#include <stdint.h>

#include "purgatory/identity_map.h"
#include "purgatory/layout.h"
#include "purgatory/other_cpus.h"
#include "purgatory/xxh64.h"

void *memcpy(void *to, const void *from, size_t size_bytes);
void *memset(void *to, int value, size_t size_bytes);

static void *at(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

#ifdef __x86_64__
#define LARGE_PAGE_BYTES ((uint64_t)1 << 21)
#define HUGE_PAGE_BYTES ((uint64_t)1 << 30)

/*
 * With pages of 1 GiB only where all of it is memory: on some machines a mapping of other addresses, which the
 * processor may read ahead of the program, is an error (arch/x86/mm/ident_map.c). Smaller ones may begin before and end
 * behind it.
 */
static bool map_span(struct identity_map *map, uint64_t start, uint64_t end, bool gib_pages)
{
	uint64_t page = start & -LARGE_PAGE_BYTES;

	while (page < end) {
		bool huge = gib_pages && page % HUGE_PAGE_BYTES == 0 && page >= start && end - page >= HUGE_PAGE_BYTES;

		if (!(huge ? identity_map_add_huge(map, page) : identity_map_add(map, page)))
			return false;
		page += huge ? HUGE_PAGE_BYTES : LARGE_PAGE_BYTES;
	}
	return true;
}

/* The tables that are loaded lie in memory that is about to be written. False if the pool is too small. */
static bool load_own_tables(const struct place_param *param)
{
	const struct place_span *spans = at(param->spans);
	struct identity_map map;
	uint64_t cr4;

	asm volatile("movq %%cr4, %0" : "=r"(cr4));
	identity_map_init(&map, at(param->tables), at(param->tables + param->tables_size_bytes),
			  cr4 & CR4_LA57 ? 5 : 4);
	for (uint64_t i = 0; i < param->span_count; i++)
		if (!map_span(&map, spans[i].start, spans[i].start + spans[i].size_bytes,
			      param->flags & PLACE_GIB_PAGES))
			return false;
	asm volatile("movq %0, %%cr3" : : "r"((uintptr_t)map.root) : "memory");
	return true;
}
#else
/* Paging is off. */
static bool load_own_tables(const struct place_param *param)
{
	(void)param;
	return true;
}
#endif

static bool is_unchanged(const struct place_param *param)
{
	const struct place_copy *copies = at(param->copies);
	struct xxh64 all;

	xxh64_init(&all);
	for (uint64_t i = 0; i < param->copy_count; i++)
		xxh64_update(&all, at(copies[i].from), (size_t)copies[i].size_bytes);
	return xxh64_value(&all) == param->digest;
}

static void place(const struct place_param *param)
{
	const struct place_copy *copies = at(param->copies);
	const struct place_fill *fills = at(param->fills);

	for (uint64_t i = 0; i < param->copy_count; i++)
		if (copies[i].to != copies[i].from)
			memcpy(at(copies[i].to), at(copies[i].from), (size_t)copies[i].size_bytes);
	for (uint64_t i = 0; i < param->fill_count; i++)
		memset(at(fills[i].to), (int)fills[i].byte, (size_t)fills[i].size_bytes);
}

/* Memory in which this program still needs what is there: itself, its tables and its lists. */
static bool is_own(const struct place_param *param, uint64_t address)
{
	uint64_t start = (uintptr_t)param - PLACE_PARAM_OFFSET;
	uint64_t lists_end = param->fills + param->fill_count * sizeof(struct place_fill);

	return address - start < PLACE_SIZE_BYTES || address - param->tables < param->tables_size_bytes ||
	       (address >= param->spans && address < lists_end);
}

/* After an ordinary kexec: the restoring kernel is gone, so all memory may be written. */
static void leave_message(const struct place_param *param)
{
	const struct place_refused message = { PLACE_REFUSED_MAGIC, param->token, ~param->token };
	const uint64_t reach = (uintptr_t)-1;
	const struct place_span *spans = at(param->spans);

	for (uint64_t i = 0; i < param->span_count; i++) {
		uint64_t end = spans[i].start + spans[i].size_bytes, step = PLACE_REFUSED_STEP_BYTES;

		for (uint64_t to = (spans[i].start + step - 1) & -step; to < end && to <= reach - step; to += step)
			if (to && !is_own(param, to))
				memcpy(at(to), &message, sizeof(message));
	}
}

/*
 * Called by the entry code with the restoring kernel's page tables. True: everything is in place. False: nothing has
 * been changed that a kernel to return to needs. `spare_table` as in other_cpus_stop.
 */
bool place_run(const struct place_param *param, void *spare_table);

bool place_run(const struct place_param *param, void *spare_table)
{
	if (!load_own_tables(param))
		return false;
	if (is_unchanged(param) && other_cpus_stop(spare_table)) {
		place(param);
		return true;
	}
	if (param->token && !(param->flags & PLACE_JUMP))
		leave_message(param);
	return false;
}
