/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables that map some 2 MiB pages of memory to themselves, for the
 * moment between two kernels in which neither's tables will do: the gate's. And one page of a device shown for
 * a moment in tables that a kernel has made.
 */
#ifndef KJ_IDENTITY_MAP_H
#define KJ_IDENTITY_MAP_H

#include <stdbool.h>
#include <stdint.h>

#define IDENTITY_MAP_TABLE_BYTES 4096

/* At most for each 2 MiB page: a table of each level under the root, and none shared. */
#define IDENTITY_MAP_TABLES(levels, pages) (1 + ((levels) - 2) * (pages))

struct identity_map {
	uint64_t *root;     /* what CR3 takes */
	uint64_t *next;     /* free tables of the pool */
	uint64_t *pool_end;
	unsigned int levels;
};

/*
 * An empty map in the pool [pool, pool_end): page aligned, any content, at an address that is also its
 * physical one. `levels` is 5 if CR4.LA57 is set, else 4: the processor walks as many, whatever the tables'
 * makers thought (Intel SDM vol. 3, 4.5).
 */
void identity_map_init(struct identity_map *map, void *pool, void *pool_end, unsigned int levels);

/* Maps the 2 MiB page that `address` is in; again is harmless. False if the pool is used up. */
bool identity_map_add(struct identity_map *map, uint64_t address);

/* An entry of page tables that is changed for a while. */
struct identity_map_loan {
	uint64_t *entry;
	uint64_t before;
};

/*
 * Shows the 2 MiB page that `address` is in, to itself and uncached, in the tables whose top one is at `cr3`: identity
 * tables of any maker, that can be read and written at their physical addresses. All else that they map
 * stays as it is. `spare_table` is a page at its physical address, of any content, that is used until the entry is
 * given back. False, and nothing has changed, if one more table than that would be needed.
 * The caller loads CR3 again after both.
 */
bool identity_map_lend(struct identity_map_loan *loan, uint64_t cr3, unsigned int levels, uint64_t address,
		       uint64_t *spare_table);
void identity_map_give_back(struct identity_map_loan *loan);

#endif
