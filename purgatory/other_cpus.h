/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stops the machine's other CPUs before their memory is replaced.
 *
 * A jump takes them offline first. An offline CPU waits in `mwait` on a line of its kernel's memory
 * (mwait_play_dead, arch/x86/kernel/smpboot.c), and any write to that line wakes it: the swap of a jump writes
 * everywhere. It then executes the new content of the pages that held its kernel's code and page tables. After INIT
 * a CPU accesses no memory; it waits for a SIPI, with which every kernel starts its CPUs. So the code that runs
 * between the kernels of a jump (purgatory, the gate) calls this first.
 *
 * An ordinary kexec does not need it: Linux stops the other CPUs in `hlt`, which a write does not end, and moves those
 * in `mwait` to `hlt` (smp_kick_mwait_play_dead).
 *
 * Not covered: a non-maskable interrupt or a machine check during the kernels' own swap resets the machine, as they
 * have no IDT then (relocate_kernel_{32,64}.S). Linux has masked those of the local APIC by then (lapic_suspend),
 * performance counters among them. A system management interrupt is harmless: its code has memory of its own.
 */
#ifndef KJ_OTHER_CPUS_H
#define KJ_OTHER_CPUS_H

#include <stdbool.h>

/*
 * Sends INIT to all CPUs but this one (Intel SDM vol. 3, "Local APIC", ICR). The caller has interrupts off, and
 * identity page tables or paging off. In long mode these tables must be writable and map themselves, and
 * `spare_table` is a page at its own physical address, any content, that may be written.
 *
 * False: INIT was not sent, as this CPU is not the bootstrap processor (the one that the machine was started with),
 * which on INIT runs the firmware. True also on a machine without a local APIC in use: it runs no other CPU.
 */
bool other_cpus_stop(void *spare_table);

#endif
