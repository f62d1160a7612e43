/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of this process with known physical addresses, from /proc/self/pagemap
 * (Documentation/admin-guide/mm/pagemap.rst). The pool's content is at those physical addresses when the next kernel
 * runs.
 */
#ifndef KJ_PAGE_POOL_H
#define KJ_PAGE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kexec/place/page_switches.h"
#include "lib/base/error.h"

struct page_pool {
	uint8_t *data;     /* page_count pages; zeros */
	size_t page_count;
	size_t reserved_bytes; /* of address space */
	uint64_t spare_bytes;  /* what is left to the kernel: page_spare.h */
	uint32_t *frames;  /* of each page: its physical address in pages */
	struct page_switches switches;
};

/* Whether this kernel shows the addresses of a process's pages. Errors: no CONFIG_PROC_PAGE_MONITOR, no CAP_SYS_ADMIN. */
struct error *page_pool_try(void);

/*
 * An empty pool with room for `page_limit` pages. Release it, after an error as well. With `keeps_still` the kernel does not
 * move locked pages until then, and gives up huge pages that nobody uses (page_switches.h).
 */
struct error *page_pool_init(struct page_pool *pool, size_t page_limit, bool keeps_still);

/*
 * Takes pages until there are `page_count`, or page_spare_bytes are left available, or the limit is reached; locks
 * them, and reads their addresses. Errors: no CONFIG_PROC_PAGE_MONITOR, no CAP_SYS_ADMIN, not a single page.
 */
struct error *page_pool_grow(struct page_pool *pool, size_t page_count);

/*
 * The first `page_count` pages of a file whose pages stay in memory, and at their addresses, by themselves (ramfs). The
 * file must have them. Errors: as page_pool_take; too little address space.
 */
struct error *page_pool_map(struct page_pool *pool, int fd, size_t page_count);

void page_pool_release(struct page_pool *pool);

/* Reads the addresses again. Error: the kernel has moved a page since. */
struct error *page_pool_check(const struct page_pool *pool);

#endif
