/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/step_clock.h"

#include <cpuid.h>
#include <time.h>
#include <x86intrin.h>

#define SECOND_US 1000000u
#define LEAST_US 50000u
#define TSC_BIT (1u << 4) /* CPUID 1, EDX */

static uint64_t microseconds(clockid_t clock)
{
	struct timespec time = { 0 };

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * SECOND_US + (uint64_t)time.tv_nsec / 1000;
}

static uint64_t read_ticks(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && (d & TSC_BIT) ? __rdtsc() : 0;
}

struct step_clock step_clock_now(void)
{
	return (struct step_clock){ read_ticks(), microseconds(CLOCK_BOOTTIME), microseconds(CLOCK_MONOTONIC) };
}

uint32_t step_clock_kiloticks(const struct step_clock *moment)
{
	return (uint32_t)(moment->ticks >> 10);
}

uint32_t step_clock_ms(const struct step_clock *from, const struct step_clock *to)
{
	uint64_t ms = (to->uptime_us - from->uptime_us) / 1000;

	return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

uint64_t step_clock_hz(const struct step_clock *from, const struct step_clock *to)
{
	uint64_t us = to->uptime_us - from->uptime_us;

	if (us < LEAST_US || to->ticks <= from->ticks)
		return 0;
	return (uint64_t)((double)(to->ticks - from->ticks) * SECOND_US / (double)us);
}
