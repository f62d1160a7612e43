/* SPDX-License-Identifier: GPL-2.0-only */
#include "purgatory/identity_map.h"

#include <stddef.h>

/* Intel SDM vol. 3, tables 4-14 to 4-20 */
enum {
	ENTRY_PRESENT = 1 << 0,
	ENTRY_WRITABLE = 1 << 1,
	ENTRY_UNCACHED = 3 << 3, /* PWT and PCD: entry 3 of the PAT, which is uncached at reset and in Linux */
	ENTRY_ACCESSED = 1 << 5,
	ENTRY_DIRTY = 1 << 6,
	ENTRY_LARGE = 1 << 7,

	TABLE_ENTRY = ENTRY_PRESENT | ENTRY_WRITABLE | ENTRY_ACCESSED,
	PAGE_ENTRY = TABLE_ENTRY | ENTRY_DIRTY | ENTRY_LARGE,

	ENTRIES_PER_TABLE = 512,
	LARGE_PAGE_SHIFT = 21,
	HUGE_PAGE_SHIFT = 30,
	BITS_PER_LEVEL = 9,
};
#define ENTRY_ADDRESS_MASK 0x000ffffffffff000

/* A zeroed table, NULL if none is left. */
static uint64_t *take_table(struct identity_map *map)
{
	uint64_t *table = map->next;

	if (table == map->pool_end)
		return NULL;
	map->next += ENTRIES_PER_TABLE;
	for (unsigned int i = 0; i < ENTRIES_PER_TABLE; i++)
		table[i] = 0;
	return table;
}

void identity_map_init(struct identity_map *map, void *pool, void *pool_end, unsigned int levels)
{
	map->next = pool;
	map->pool_end = pool_end;
	map->levels = levels;
	map->root = take_table(map);
}

/* Maps the page of 1 << page_shift bytes that contains `address`. */
static bool add_page(struct identity_map *map, uint64_t address, unsigned int page_shift)
{
	uint64_t *table = map->root;
	unsigned int shift = LARGE_PAGE_SHIFT + BITS_PER_LEVEL * (map->levels - 2);
	uint64_t *entry;

	for (;;) {
		entry = &table[address >> shift & (ENTRIES_PER_TABLE - 1)];
		if (shift == page_shift)
			break;
		if (!*entry) {
			table = take_table(map);
			if (!table)
				return false;
			*entry = (uint64_t)(uintptr_t)table | TABLE_ENTRY;
		}
		table = (uint64_t *)(uintptr_t)(*entry & ENTRY_ADDRESS_MASK);
		shift -= BITS_PER_LEVEL;
	}
	*entry = address >> page_shift << page_shift | PAGE_ENTRY;
	return true;
}

bool identity_map_add(struct identity_map *map, uint64_t address)
{
	return add_page(map, address, LARGE_PAGE_SHIFT);
}

bool identity_map_add_huge(struct identity_map *map, uint64_t address)
{
	return add_page(map, address, HUGE_PAGE_SHIFT);
}

/* Makes `table` map the same memory as `entry`: a page of 1 GiB, or nothing. */
static void fill_like(uint64_t *table, uint64_t entry)
{
	for (uint64_t i = 0; i < ENTRIES_PER_TABLE; i++)
		table[i] = entry & ENTRY_PRESENT ? entry + (i << LARGE_PAGE_SHIFT) : 0;
}

bool identity_map_set_temporary(struct identity_map_saved *saved, uint64_t cr3, unsigned int levels, uint64_t address,
		       uint64_t *spare_table)
{
	uint64_t page = address >> LARGE_PAGE_SHIFT << LARGE_PAGE_SHIFT | PAGE_ENTRY | ENTRY_UNCACHED;
	unsigned int shift = LARGE_PAGE_SHIFT + BITS_PER_LEVEL * (levels - 2);
	uint64_t *table = (uint64_t *)(uintptr_t)(cr3 & ENTRY_ADDRESS_MASK);
	uint64_t *entry;

	for (;; shift -= BITS_PER_LEVEL) {
		entry = &table[address >> shift & (ENTRIES_PER_TABLE - 1)];
		if (shift == LARGE_PAGE_SHIFT || !(*entry & ENTRY_PRESENT) || (*entry & ENTRY_LARGE))
			break;
		table = (uint64_t *)(uintptr_t)(*entry & ENTRY_ADDRESS_MASK);
	}
	if (shift > HUGE_PAGE_SHIFT)
		return false;
	*saved = (struct identity_map_saved){ entry, *entry };
	if (shift == HUGE_PAGE_SHIFT) {
		fill_like(spare_table, *entry);
		spare_table[address >> LARGE_PAGE_SHIFT & (ENTRIES_PER_TABLE - 1)] = page;
		page = (uint64_t)(uintptr_t)spare_table | TABLE_ENTRY;
	}
	*entry = page;
	return true;
}

void identity_map_restore(struct identity_map_saved *saved)
{
	*saved->entry = saved->before;
}
