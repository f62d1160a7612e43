/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that the running kernel's offline CPUs use while they wait in `mwait`. A jump's swap wakes them before
 * purgatory or the gate can stop them (purgatory/other_cpus.h), so no window may contain these pages.
 */
#ifndef KJ_PARKED_MEMORY_H
#define KJ_PARKED_MEMORY_H

#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/arch.h"
#include "lib/machine/machine.h"

/*
 * Adds to *ret_set, as physical pages: each CPU's per-CPU area (its static part: what mwait_play_dead,
 * arch/x86/kernel/smpboot.c, reads), the stack of each CPU's idle task, and all page tables on the way to them and to
 * the kernel's code. `cpu_count`: the highest number of a present CPU, plus 1. Read below `root` from /proc/kallsyms
 * and, through the kernel's page tables, /proc/kcore. /proc/iomem lists the kernel image itself.
 *
 * Errors: the kernel does not show all of it; *ret_set has the part that was found.
 *
 * Excludes memory that a waiting CPU does not use: its IDT, GDT, TSS and exception stacks, and an NMI's code.
 */
struct error *parked_memory_find(const char *root, const struct arch *arch, unsigned int cpu_count,
				 struct span_set *ret_set);

/*
 * Sets machine->parked for a jump: that memory, and the kernel image, in whole pages. It stays empty on a machine with
 * one CPU, or whose CPUs do not wait in `mwait`. Error as above.
 */
struct error *parked_memory_read(struct machine *machine);

#endif
