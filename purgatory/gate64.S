/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gate for 64-bit kernels; include/gate_param.h describes its entries.
 *
 * The kernels' code (arch/x86/kernel/relocate_kernel_64.S, identity_mapped) works and requires as follows:
 *
 *  - It enters with a call: long mode, interrupts off, its own identity page
 *    tables (which map this gate, a segment of its kexec image, but not the other
 *    kernel's entry), IDT and GDT registers invalid. The return address at 0(%rsp)
 *    is the address at which it continues, and so its entry.
 *  - When it continues there, it expects the entry for its next jump at 0(%rsp):
 *    it may read or pop that word, and it pushes below it.
 *  - Then it swaps its memory back, this gate's included, and loads its page tables.
 *    Some kernels load segment registers before they have loaded their GDT register;
 *    with an invalid register that is a triple fault. So the register has to contain
 *    the linear address of the kernel's GDT in the kernel's own map. That address
 *    cannot be read before: after the lgdt no segment register may be loaded.
 */
#include "purgatory/mode.h"

	.code64
	.section .entry, "ax"
	.globl	gate_start
	.hidden	gate_start
gate_start:
	.org	GATE_ENTRY_LOCAL
	jmp	enter_local
	.org	GATE_ENTRY_PEER
	jmp	enter_peer
	.org	GATE_ENTRY_CALL
	jmp	enter_call

	.section .param, "aw"
	.globl	blob_param
	.hidden	blob_param
blob_param:
	.asciz	GATE_MAGIC
	.fill	GATE_PARAM_BYTES - 8, 1, 0

/* Leaves some words above the re-entry: a kernel may pop more than that one. */
#define STACK_TOP (GATE_POOL_OFFSET - 64)

	.text
/*
 * %rsp: the gate's own stack from here on; %al: the other CPUs are stopped. The tables of the kernel that entered
 * are loaded. Keeps %rbx, %rbp, %r12 to %r15.
 */
.macro stop_other_cpus
	leaq	gate_start + STACK_TOP(%rip), %rsp
	leaq	gate_start + GATE_POOL_OFFSET(%rip), %rdi
	call	other_cpus_stop
.endm

/* The same; refuses the local kernel if it has other CPUs that cannot be stopped. %r14: the gate's entry it used. */
.macro stop_other_cpus_of_local
	stop_other_cpus
	testb	%al, %al
	jnz	.Lstopped\@
	testl	$GATE_OTHER_CPUS, blob_param + GATE_FLAGS_AT(%rip)
	jnz	refuse_local
.Lstopped\@:
.endm

/* The local kernel jumps to the peer. 0(%rsp): the address at which the local kernel continues. */
enter_local:
	cli
	cld
	movq	(%rsp), %rax
	movq	%rax, blob_param + GATE_LOCAL_RETURN_AT(%rip)
	leaq	gate_start + GATE_ENTRY_LOCAL(%rip), %r14
	stop_other_cpus_of_local
	movq	blob_param + GATE_PEER_ENTRY_AT(%rip), %r12
	movq	blob_param + GATE_PEER_GDT_AT(%rip), %r13
	leaq	gate_start + GATE_ENTRY_PEER(%rip), %r14
	jmp	cross

/* The peer jumps to the local kernel. 0(%rsp): the address at which the peer continues. */
enter_peer:
	cli
	cld
	movq	(%rsp), %r12
	stop_other_cpus
	testl	$GATE_LOCAL_ENDED, blob_param + GATE_FLAGS_AT(%rip)
	jnz	turn_back
	movq	%r12, blob_param + GATE_PEER_ENTRY_AT(%rip)
	movq	blob_param + GATE_LOCAL_RETURN_AT(%rip), %r12
	movq	blob_param + GATE_LOCAL_GDT_AT(%rip), %r13
	leaq	gate_start + GATE_ENTRY_LOCAL(%rip), %r14

/*
 * %r12: the other kernel's entry; %r13: linear address of its GDT, or 0;
 * %r14: the gate's entry for its next jump. The tables of the kernel that entered are loaded.
 */
cross:
	leaq	gate_start + STACK_TOP(%rip), %rsp
	leaq	gate_start(%rip), %rdi
	movq	%r12, %rsi
	movq	%cr4, %rax
	movl	$4, %edx
	btq	$CR4_LA57_BIT, %rax
	adcl	$0, %edx
	/* %rdi: gate; %rsi: destination; %edx: levels, one more with LA57. Keeps %r12 to %r14. */
	call	gate_map
	movq	%rax, %cr3
	jmp	leave_gate

/* Returns straight to the local kernel; %r14 is the gate's entry that it used, its page tables are loaded. */
refuse_local:
	movq	blob_param + GATE_LOCAL_RETURN_AT(%rip), %r12
	movq	blob_param + GATE_LOCAL_GDT_AT(%rip), %r13
	jmp	leave_gate

/* The local kernel has ended. Returns straight to the peer at %r12, whose page tables are loaded. */
turn_back:
	movq	blob_param + GATE_PEER_GDT_AT(%rip), %r13
	leaq	gate_start + GATE_ENTRY_PEER(%rip), %r14

/* %r12, %r13, %r14 as at `cross`; tables that map the gate and %r12 are loaded. */
leave_gate:
	leaq	gate_start + STACK_TOP(%rip), %rsp
	/* A kernel continues with its own segments, not with those of a program or purgatory. */
	load_segments_64 KERNEL_CS_64, KERNEL_DS_64
	/* Most of a page below %rsp is free for the kernel. */
	enter_kernel_64 %r12, %r13, %r14

/*
 * The local kernel calls the plain program at peer_entry, a C function anywhere in the memory that the kernel's
 * tables map. 0(%rsp): the address at which the local kernel continues.
 */
enter_call:
	cli
	cld
	movq	(%rsp), %rax
	movq	%rax, blob_param + GATE_LOCAL_RETURN_AT(%rip)
	movq	%cr3, %rax
	movq	%rax, blob_param + GATE_LOCAL_CR3_AT(%rip)
	leaq	gate_start + GATE_ENTRY_CALL(%rip), %r14
	stop_other_cpus_of_local
	movq	blob_param + GATE_PEER_ENTRY_AT(%rip), %rax
	movq	%rax, (%rsp)
	/*
	 * 0(%rsp): the slot (8(%rsp) in the program) in which it may store its next entry. 16-byte aligned, as
	 * the System V ABI requires at a call.
	 */
	call	*%rax
	/* The program may have changed all registers and loaded its own page tables. */
	cli
	cld
	movq	blob_param + GATE_LOCAL_CR3_AT(%rip), %rax
	movq	%rax, %cr3
	movq	gate_start + STACK_TOP(%rip), %rax
	movq	%rax, blob_param + GATE_PEER_ENTRY_AT(%rip)
	movq	blob_param + GATE_LOCAL_RETURN_AT(%rip), %r12
	movq	blob_param + GATE_LOCAL_GDT_AT(%rip), %r13
	leaq	gate_start + GATE_ENTRY_CALL(%rip), %r14
	jmp	leave_gate

	boot_gdt gdt_64, GDT_CODE_64
	table_pointer gdt_64

	.section .note.GNU-stack, "", @progbits
