/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of this process whose physical pages are known: the kernel tells them in /proc/self/pagemap
 * (Documentation/admin-guide/mm/pagemap.rst). What is written to the pool stands at those physical addresses
 * when the next kernel runs.
 */
#ifndef KJ_PAGE_POOL_H
#define KJ_PAGE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/* What stays with the running kernel: for kexec_load's own pages, and to go on at all. */
#define PAGE_POOL_SPARE_BYTES (UINT64_C(40) << 20)

struct page_pool {
	uint8_t *data;     /* page_count pages; zeros */
	size_t page_count;
	size_t reserved_bytes; /* of address space */
	uint32_t *frames;  /* of each page: its physical address in pages */
};

/*
 * Takes pages until PAGE_POOL_SPARE_BYTES are left available, at most `page_limit`, locks them, and asks where they
 * are. Errors: no CONFIG_PROC_PAGE_MONITOR, no CAP_SYS_ADMIN, not even one page.
 */
struct error *page_pool_take(struct page_pool *pool, size_t page_limit);
void page_pool_release(struct page_pool *pool);

/* Asks again. Error: a page was moved by the kernel since. */
struct error *page_pool_check(const struct page_pool *pool);

#endif
