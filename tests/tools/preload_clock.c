/* SPDX-License-Identifier: GPL-2.0-only */
/* Preloaded, it lets eleven seconds pass whenever the program asks for the time since the machine's start. */
#include <dlfcn.h>
#include <time.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int clock_gettime(clockid_t clock, struct timespec *time)
{
	static time_t passed;
	int result = NEXT(clock_gettime)(clock, time);

	if (clock == CLOCK_MONOTONIC)
		time->tv_sec += passed += 11;
	return result;
}
