/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The 64-bit gate's page tables. They map the gate and the other kernel's
 * entry. The tables of the kernel that enters the gate map the gate, but not
 * that entry; the other kernel's own tables do not map the gate.
 */
#include <stdint.h>

#include "purgatory/identity_map.h"
#include "purgatory/layout.h"

#define LARGE_PAGE_BYTES ((uint64_t)1 << 21)

/*
 * Called by gate64.S. Builds the map in the gate's pool and returns the value for CR3. `gate` is the
 * gate's address, `destination` the address it will jump to. The pool has room for the tables of all pages added
 * here in the worst case, so this cannot fail.
 */
uint64_t gate_map(uint8_t *gate, uint64_t destination, unsigned int levels);

/* Two large pages of the gate (it may cross a boundary), and one of the destination. */
_Static_assert(GATE_SIZE_BYTES - GATE_POOL_OFFSET >= IDENTITY_MAP_TABLES(5, 3) * IDENTITY_MAP_TABLE_BYTES,
	       "the pool is large enough");
_Static_assert(GATE_SIZE_BYTES <= LARGE_PAGE_BYTES, "the gate touches two large pages at most");

uint64_t gate_map(uint8_t *gate, uint64_t destination, unsigned int levels)
{
	struct identity_map map;

	identity_map_init(&map, gate + GATE_POOL_OFFSET, gate + GATE_SIZE_BYTES, levels);
	identity_map_add(&map, (uintptr_t)gate);
	identity_map_add(&map, (uintptr_t)gate + GATE_SIZE_BYTES - 1);
	identity_map_add(&map, destination);
	return (uintptr_t)map.root;
}
