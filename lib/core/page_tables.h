/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel's own page tables (Intel SDM vol. 3, 4.3 to 4.5), read from its
 * memory in a core file.
 */
#ifndef KJ_PAGE_TABLES_H
#define KJ_PAGE_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/arch.h"
#include "lib/core/core_file.h"

struct paging; /* a form of page tables: levels, entries */

struct page_tables {
	const struct core_file *core; /* borrowed */
	const struct paging *paging;
	uint64_t root; /* physical address of the top-level table */
};

/* Finds them by VMCOREINFO. Errors: the core has no VMCOREINFO, or lacks the root table. */
struct error *page_tables_init(struct page_tables *tables, const struct core_file *core, const struct arch *arch);

/* 2 (i386), 3 (i386 PAE), 4 or 5. */
int page_tables_levels(const struct core_file *core, const struct arch *arch);

/*
 * Translates `linear`: sets *ret_phys, and *ret_bytes to the rest of the page
 * or large page from there on. Error: not mapped, or a table that is not in the
 * core.
 */
struct error *page_tables_translate(const struct page_tables *tables, uint64_t linear, uint64_t *ret_phys,
				    uint64_t *ret_bytes);

/* The same, and adds the pages of the tables used to *ret_tables. */
struct error *page_tables_trace(const struct page_tables *tables, uint64_t linear, uint64_t *ret_phys,
				uint64_t *ret_bytes, struct span_set *ret_tables);

/*
 * Calls `visit` with the physical address of every 4 KiB page mapped in
 * [first, last] (linear), in order, until it returns true; skips large pages.
 */
struct error *page_tables_each_page(const struct page_tables *tables, uint64_t first, uint64_t last,
				    bool (*visit)(void *context, uint64_t phys), void *context);

#endif
