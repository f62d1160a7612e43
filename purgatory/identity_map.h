/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Identity page tables for some 2 MiB pages of memory: the gate loads them between two kernels, as neither
 * kernel's own tables map both sides. Also a temporary mapping of one page of a device in a kernel's tables.
 */
#ifndef KJ_IDENTITY_MAP_H
#define KJ_IDENTITY_MAP_H

#include <stdbool.h>
#include <stdint.h>

#define IDENTITY_MAP_TABLE_BYTES 4096

/* Upper bound: each 2 MiB page takes a table of each level below the root, and shares none. */
#define IDENTITY_MAP_TABLES(levels, pages) (1 + ((levels) - 2) * (pages))

struct identity_map {
	uint64_t *root;     /* the value for CR3 */
	uint64_t *next;     /* free tables of the pool */
	uint64_t *pool_end;
	unsigned int levels;
};

/*
 * An empty map in the pool [pool, pool_end): page aligned, any content, at an address that is also its
 * physical one. `levels` is 5 if CR4.LA57 is set, else 4: the number that the processor walks (Intel SDM
 * vol. 3, 4.5).
 */
void identity_map_init(struct identity_map *map, void *pool, void *pool_end, unsigned int levels);

/* Maps the 2 MiB page that contains `address`; may be repeated. False if the pool is used up. */
bool identity_map_add(struct identity_map *map, uint64_t address);

/* The same with a page of 1 GiB, none of which is mapped yet. The processor must have such pages (CPUID PDPE1GB). */
bool identity_map_add_huge(struct identity_map *map, uint64_t address);

/* A page table entry that is changed temporarily. */
struct identity_map_saved {
	uint64_t *entry;
	uint64_t before;
};

/*
 * Maps the 2 MiB page that contains `address` to itself, uncached, in the tables at `cr3`: any identity tables that
 * can be read and written at their physical addresses. Their other mappings stay as they are. `spare_table` is a
 * page at its own physical address, of any content; it is in use until the entry is restored. False, and nothing
 * has changed, if more than one new table is needed. The caller loads CR3 again after both functions.
 */
bool identity_map_set_temporary(struct identity_map_saved *saved, uint64_t cr3, unsigned int levels, uint64_t address,
		       uint64_t *spare_table);
void identity_map_restore(struct identity_map_saved *saved);

#endif
