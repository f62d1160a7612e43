/* SPDX-License-Identifier: GPL-2.0-only */
/* What the placing program does, for both widths; include/place_param.h says why. */
#include "include/place_param.h"

#include <stdbool.h>
#include <stdint.h>

#include "purgatory/identity_map.h"
#include "purgatory/other_cpus.h"
#include "purgatory/xxh64.h"

void *memcpy(void *to, const void *from, size_t size_bytes);
void *memset(void *to, int value, size_t size_bytes);

static void *at(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

#ifdef __x86_64__
#define CR4_LA57 (1 << 12)
#define LARGE_PAGE_BYTES ((uint64_t)1 << 21)

/* The tables that are loaded lie in memory that is about to be written. False if the pool is too small. */
static bool load_own_tables(const struct place_param *param)
{
	const struct place_span *spans = at(param->spans);
	struct identity_map map;
	uint64_t cr4;

	asm volatile("movq %%cr4, %0" : "=r"(cr4));
	identity_map_init(&map, at(param->tables), at(param->tables + param->tables_size_bytes), cr4 & CR4_LA57 ? 5 : 4);
	for (uint64_t i = 0; i < param->span_count; i++) {
		uint64_t end = spans[i].start + spans[i].size_bytes;

		for (uint64_t page = spans[i].start & -LARGE_PAGE_BYTES; page < end; page += LARGE_PAGE_BYTES)
			if (!identity_map_add(&map, page))
				return false;
	}
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

/*
 * Called by the entry code with the restoring kernel's page tables. True: everything is in place. False: nothing has
 * been changed. `spare_table` as in other_cpus_stop.
 */
bool place_run(const struct place_param *param, void *spare_table);

bool place_run(const struct place_param *param, void *spare_table)
{
	if (!load_own_tables(param) || !is_unchanged(param) || !other_cpus_stop(spare_table))
		return false;
	place(param);
	return true;
}
