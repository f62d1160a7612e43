/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel's memory by its own linear addresses, read from a core: through
 * PT_LOADs that contain the address, otherwise (vmalloc, vmemmap) through the
 * kernel's page tables.
 */
#ifndef KJ_LINEAR_MEMORY_H
#define KJ_LINEAR_MEMORY_H

#include "lib/base/error.h"
#include "lib/core/arch.h"
#include "lib/core/core_file.h"
#include "lib/core/page_tables.h"

struct linear_memory {
	const struct core_file *core; /* borrowed */
	bool has_tables;              /* without them only addresses in PT_LOADs can be read */
	struct page_tables tables;
};

/* Error: the core has no page tables. The memory is usable nevertheless, for addresses in PT_LOADs. */
struct error *linear_memory_init(struct linear_memory *memory, const struct core_file *core, const struct arch *arch);

/* Reads all of [linear, linear + size). Error: not mapped, or not in the core. */
struct error *linear_memory_read(const struct linear_memory *memory, uint64_t linear, void *to, size_t size);

#endif
