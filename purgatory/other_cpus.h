/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine's other CPUs while memory changes under them.
 *
 * A jump takes them offline first. An offline CPU waits in `mwait` on a line of its kernel's memory
 * (mwait_play_dead, arch/x86/kernel/smpboot.c), and any write to that line wakes it: the swap of a jump writes
 * everywhere. It then executes whatever lies where its kernel's code and page tables were. After INIT a CPU waits for
 * the SIPI by which every kernel starts it, and touches no memory. So whatever leaves a kernel in a jump (purgatory, the gate)
 * calls this first.
 *
 * An ordinary kexec needs it not: Linux stops the other CPUs in `hlt`, where a write wakes none, and wakes those
 * in `mwait` for that (smp_kick_mwait_play_dead, 6.1.39 and 6.5).
 *
 * Not covered, as it happens in the kernels' own swap, where IDT and CR4.MCE are theirs (relocate_kernel_{32,64}.S): a
 * non-maskable interrupt or a machine check in that moment resets the machine. Linux has masked the local
 * APIC's sources by then (lapic_suspend), performance counters among them; left are a watchdog's or a button's NMI
 * from outside. A system management interrupt does no harm, its code has memory of its own.
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
