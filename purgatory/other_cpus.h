/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine's other CPUs while memory changes under them.
 *
 * A jump takes them offline first. An offline CPU waits in `mwait` on a line of its kernel's memory
 * (mwait_play_dead, arch/x86/kernel/smpboot.c), and any write to that line wakes it: the swap of a jump writes
 * everywhere. It then executes whatever lies where its kernel's code and page tables were. After INIT a CPU waits for
 * the SIPI by which every kernel starts it, and touches no memory. So the code that leaves a kernel in a jump
 * (purgatory, the gate) calls this first.
 *
 * An ordinary kexec does not need it: Linux stops the other CPUs in `hlt`, which no write ends, and kicks those in
 * `mwait` into it (smp_kick_mwait_play_dead).
 *
 * Not covered: a non-maskable interrupt or a machine check during the kernels' own swap resets the machine, as they
 * have no IDT then (relocate_kernel_{32,64}.S). Linux has masked those of the local APIC by then (lapic_suspend),
 * performance counters among them. A system management interrupt does no harm: its code has memory of its own.
 */
#ifndef KJ_OTHER_CPUS_H
#define KJ_OTHER_CPUS_H

#include <stdbool.h>

/*
 * Sends INIT to all CPUs but this one (Intel SDM vol. 3, "Local APIC", ICR). Interrupts are off, memory is mapped to
 * itself or paging is off. In long mode the page tables must be writable and show themselves, and
 * `spare_table` is a page at its own physical address, any content, that may be written.
 *
 * False: INIT was not sent, as this CPU is not the one that the machine was started with (the bootstrap processor),
 * which INIT would send into the firmware. True also on a machine that has no local APIC in use: no other CPU runs.
 */
bool other_cpus_stop(void *spare_table);

#endif
