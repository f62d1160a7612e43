/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/read_again.h"

#include <errno.h>
#include <time.h>

/* The kernel's driver has tried it some times by then, within its own timeouts. */
#define TRIES_MAX 2
#define PAUSE_MS 200

bool read_again(struct read_tries *tries)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000 };
	int saved = errno;

	if (saved != EIO || tries->count++ == TRIES_MAX)
		return false;
	nanosleep(&pause, NULL);
	errno = saved;
	return true;
}
