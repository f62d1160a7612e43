/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that is left to the running kernel while nearly all other is taken: for the work of placing, for
 * kexec_load's own pages and the suspension of devices, and for what counters of memory do not show. It is besides the
 * watermarks, which MemAvailable leaves out (mm/show_mem.c, si_mem_available).
 */
#ifndef KJ_PAGE_SPARE_H
#define KJ_PAGE_SPARE_H

#include <stddef.h>
#include <stdint.h>

/*
 * `threads` are those that unpack at most; `zone_pages` as of page_spare_zone_pages. A machine of 64 MiB spares 7 to 8
 * MiB, one of 4 GiB with four processors about 40.
 */
static inline uint64_t page_spare_sum(uint64_t total_bytes, size_t threads, uint64_t zone_pages)
{
	const uint64_t mebibyte = UINT64_C(1) << 20;
	/* Programs, the kernel's growing page tables, and drivers that save their devices' memory. */
	uint64_t part = total_bytes / 64 < 24 * mebibyte ? total_bytes / 64 : 24 * mebibyte;

	/* 1/1024: lists of copies, which kexec_load copies, and tables. Each thread has 770 KiB, two more read ahead. */
	return 3 * mebibyte + part + total_bytes / 1024 + (threads + 2) * mebibyte + zone_pages * 4096;
}

/*
 * By the text of /proc/zoneinfo, the pages that each processor may take from a zone for itself (per-cpu lists) or
 * not have counted yet (the threshold of its counters): some MiB for each one on large machines.
 */
uint64_t page_spare_zone_pages(const char *zoneinfo);

/* Of the running kernel, or the machine described below `root`. */
uint64_t page_spare_bytes(const char *root);

#endif
