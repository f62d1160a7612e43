/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page cache of the kernel that is saved. Unless memory is short it grows until nearly all memory is in use, and a
 * snapshot of that does not fit beside the kernel that boots next (placement, khibernate(8), fallback=).
 */
#ifndef KJ_PAGE_CACHE_H
#define KJ_PAGE_CACHE_H

/* Drops the clean page cache below `root` if less than a quarter of memory is free. Best effort. */
void page_cache_limit(const char *root);

#endif
