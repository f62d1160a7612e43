/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/unique.h"

#include <sys/random.h>
#include <time.h>

uint64_t unique_number(void)
{
	uint64_t value = 0;

	if (getrandom(&value, sizeof(value), GRND_NONBLOCK) != (ssize_t)sizeof(value)) {
		struct timespec now = { 0 };

		clock_gettime(CLOCK_REALTIME, &now);
		value = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	}
	return value ? value : 1;
}
