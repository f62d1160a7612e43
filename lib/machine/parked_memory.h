/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the running kernel's offline CPUs use while they wait in `mwait`. A jump's swap wakes them before any code of ours
 * can stop them (purgatory/other_cpus.h), so it must leave these pages alone: no window may hold them.
 */
#ifndef KJ_PARKED_MEMORY_H
#define KJ_PARKED_MEMORY_H

#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/arch.h"

/*
 * Adds to *ret_set, as physical pages: each CPU's per-CPU area (its static part: what mwait_play_dead,
 * arch/x86/kernel/smpboot.c, looks at), the stack of each CPU's idle task, and all page tables on the way to them and to
 * the kernel's code. `cpu_count`: the highest number of a CPU that is there, and 1. Read below `root` from /proc/kallsyms
 * and, through the kernel's page tables, /proc/kcore. The kernel image itself is known from /proc/iomem.
 *
 * Errors: the kernel does not show all of it; *ret_set has what it shows.
 *
 * Not in it, as a waiting CPU does not use it: its IDT, GDT, TSS and exception stacks, and what an NMI would run.
 */
struct error *parked_memory_find(const char *root, const struct arch *arch, unsigned int cpu_count,
				 struct span_set *ret_set);

#endif
