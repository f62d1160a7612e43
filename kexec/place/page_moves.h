/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether the running kernel may move a locked page between the last look at its address and the jump. */
#ifndef KJ_PAGE_MOVES_H
#define KJ_PAGE_MOVES_H

#include <stdbool.h>

/*
 * It does so for memory that is asked of it in one piece or as a whole: a CMA area, from which programs get pages that
 * a driver may reclaim (mm/page_alloc.c, alloc_contig_range), and memory that a hypervisor or the firmware takes out
 * (mm/memory_hotplug.c, offline_pages). A balloon (virtio_balloon) only takes free pages. `root` as of machine_init.
 */
bool page_moves_possible(const char *root);

#endif
