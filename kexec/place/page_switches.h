/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's settings that move locked pages, or keep memory from programs, while a pool of pages exists. */
#ifndef KJ_PAGE_SWITCHES_H
#define KJ_PAGE_SWITCHES_H

#define PAGE_SWITCH_COUNT 6

struct page_switches {
	char *before[PAGE_SWITCH_COUNT]; /* their settings; NULL: the kernel does not have it, or it was not read */
};

void page_switches_read(struct page_switches *switches);

/* Best effort: page_pool_check detects moved pages, and huge pages that are in use stay. */
void page_switches_turn_off(const struct page_switches *switches);

void page_switches_restore(const struct page_switches *switches);
void page_switches_deinit(struct page_switches *switches);

#endif
