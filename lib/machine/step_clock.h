/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A moment by two clocks: this kernel's uptime, and the processor's time stamp
 * counter, which no jump and no kernel sets back, and which begins at 0 when the
 * machine is switched on or reset. So it connects the clocks of two kernels.
 */
#ifndef KJ_STEP_CLOCK_H
#define KJ_STEP_CLOCK_H

#include <stdint.h>

struct step_clock {
	uint64_t ticks;     /* 0: the processor has no counter */
	uint64_t uptime_us; /* CLOCK_BOOTTIME */
	uint64_t running_us; /* CLOCK_MONOTONIC: stands still from the end of a freeze to the beginning of the thaw */
};

struct step_clock step_clock_now(void);

/* Bits 10 to 41 of the counter: at 4 GHz it begins again every 18 minutes. */
uint32_t step_clock_kiloticks(const struct step_clock *moment);

/* Milliseconds of uptime between two moments of one kernel. */
uint32_t step_clock_ms(const struct step_clock *from, const struct step_clock *to);

/* Ticks a second, by two moments of one kernel; 0 if they are less than 50 ms apart, or there is no counter. */
uint64_t step_clock_hz(const struct step_clock *from, const struct step_clock *to);

#endif
