/* SPDX-License-Identifier: GPL-2.0-only */
/* Suspends this kernel to memory (/sys/power/state). */
#ifndef KJ_SUSPEND_H
#define KJ_SUSPEND_H

#include "lib/base/error.h"

/* The clock's alarm, in seconds since 1970 as the clock has it; heap, NULL if none is set. */
char *suspend_alarm(const char *root);

/* " khwake=..." with that alarm, for B, whose driver of the clock switches it off; "" without one. Heap. */
char *suspend_alarm_word(const char *root);

/*
 * Returns when the machine is awake again. The deepest state that the kernel has is tried first, as systemd does
 * (SuspendState=). `alarm`, if not empty, replaces the clock's alarm before.
 */
struct error *suspend_to_memory(const char *alarm);

#endif
