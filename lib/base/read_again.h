/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads of a disk that fail are tried again: a bus that is reset or a path that fails over costs a request, and a snapshot
 * or a comparison that cannot be read costs the saved system.
 */
#ifndef KJ_READ_AGAIN_H
#define KJ_READ_AGAIN_H

#include <stdbool.h>

struct read_tries {
	unsigned int count;
};

/* After a read that failed with errno: whether to try it once more; waits before that. Keeps errno. */
bool read_again(struct read_tries *tries);

#endif
