/* SPDX-License-Identifier: GPL-2.0-only */
/* The facts about the machine's CPUs that a jump needs; purgatory/other_cpus.h gives the reasons. */
#ifndef KJ_CPUS_H
#define KJ_CPUS_H

#include <stdbool.h>

#include "lib/base/error.h"

struct cpus {
	unsigned int count; /* the highest number of one that is there, running or taken offline, and 1; 0: not shown */
	bool has_mwait;     /* an offline CPU waits in `mwait`, and a write to memory wakes it */
	bool has_gib_pages; /* in long mode */
	bool not_bootstrap; /* known: CPU 0, which jumps, is not the one that the machine was started with */
};

/*
 * By /sys/devices/system/cpu/present, /proc/cpuinfo and, where the kernel shows it, the IA32_APIC_BASE of CPU 0
 * (/dev/cpu/0/msr) below `root`. What is not shown is 0.
 */
struct cpus cpus_read(const char *root);

/* Whether a line of /proc/cpuinfo, such as that of the flags, contains this word. */
bool cpuinfo_line_has(const char *line, const char *flag);

/* Refuses a jump that could not stop the other CPUs: INIT to all others would send the bootstrap processor to the firmware. */
struct error *cpus_check_jump(const struct cpus *cpus);

#endif
