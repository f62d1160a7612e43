/* SPDX-License-Identifier: GPL-2.0-only */
/* The same work on many items, on all processors. */
#ifndef KJ_PARALLEL_H
#define KJ_PARALLEL_H

#include <stddef.h>

#include "lib/base/error.h"

/* The number of processors that this process may use, at most `limit`. */
size_t parallel_threads(size_t limit);

/*
 * Calls `act` with every index below `count`, in ascending order in each of
 * `thread_count` threads; `worker` (below thread_count) is the thread's own
 * number. Returns the first error; no index is begun after it. If threads
 * cannot be created, fewer do the work, at worst the caller alone.
 */
struct error *parallel_each(size_t count, size_t thread_count,
			    struct error *(*act)(void *context, size_t worker, size_t index), void *context);

#endif
