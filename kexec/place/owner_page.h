/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A page that shows whether this process is still there. A kexec image stays loaded when the process that loaded it is
 * killed, and the pages that it needs are free then. The placing program compares this page with its content at the load.
 *
 * The page contains a robust mutex that this process has locked: when a process ends, however it does, the kernel
 * changes the mutex (Documentation/locking/robust-futex-ABI.rst). It is shared memory, from which the kernel takes no
 * page before that when it runs out of memory (mm/oom_kill.c, __oom_reap_task_mm).
 */
#ifndef KJ_OWNER_PAGE_H
#define KJ_OWNER_PAGE_H

#include <stdint.h>

#include "kexec/place/page_pool.h"
#include "lib/base/error.h"

struct owner_page {
	struct page_pool page; /* of one page; none: this kernel has no such mutex */
};

/* Best effort: without it, as long as its other pages are unchanged, an image of a process that was killed is entered. */
void owner_page_take(struct owner_page *owner);

/* Unlocks the mutex: what is loaded refuses from here on. */
void owner_page_release(struct owner_page *owner);

/* Its physical address; 0: there is none. */
uint64_t owner_page_address(const struct owner_page *owner);

#endif
