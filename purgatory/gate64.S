/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gate for 64-bit kernels; include/gate_param.h says what its entries do.
 *
 * What the kernels' code (arch/x86/kernel/relocate_kernel_64.S, identity_mapped) does and wants:
 *
 *  - It enters with a call: long mode, interrupts off, its own identity page
 *    tables (which map this gate, a segment of its image, but not the other
 *    kernel's entry), IDT and GDT registers invalid. Where it goes on, and so where it is to be
 *    entered, is the return address at 0(%rsp).
 *  - It goes on there expecting at 0(%rsp) the address that its next jump is to
 *    enter: it may read or pop that word, and it pushes below it.
 *  - Then it swaps its memory back, this gate's included, loads its page tables
 *    and some kernels load segment registers before their GDT is back in the GDT register. With the register
 *    invalid that is a triple fault. So it has to hold the linear address of the
 *    kernel's GDT in the kernel's own map, although nothing can be read there
 *    before. From that lgdt on, no segment register may be loaded.
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

/* The words that a kernel may find above the re-entry, should it pop more than that. */
#define STACK_TOP (GATE_POOL_OFFSET - 64)

#define CR4_LA57_BIT 12

	.text
/*
 * %rsp: our own stack from here on; the other CPUs execute nothing any more if %al is set. With the tables of the
 * kernel that came. Keeps %rbx, %rbp, %r12 to %r15.
 */
.macro stop_other_cpus
	leaq	gate_start + STACK_TOP(%rip), %rsp
	leaq	gate_start + GATE_POOL_OFFSET(%rip), %rdi
	call	other_cpus_stop
.endm

/* The same, for the local kernel, which is refused if it has left other CPUs that cannot be stopped. %r14: its entry. */
.macro stop_other_cpus_of_local
	stop_other_cpus
	testb	%al, %al
	jnz	.Lstopped\@
	testl	$GATE_OTHER_CPUS, blob_param + GATE_FLAGS_AT(%rip)
	jnz	refuse_local
.Lstopped\@:
.endm

/* The local kernel goes to the peer. 0(%rsp): where the local kernel goes on. */
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

/* The peer goes to the local kernel. 0(%rsp): where the peer goes on. */
enter_peer:
	cli
	cld
	movq	(%rsp), %r12
	stop_other_cpus
	testl	$GATE_LOCAL_GONE, blob_param + GATE_FLAGS_AT(%rip)
	jnz	turn_back
	movq	%r12, blob_param + GATE_PEER_ENTRY_AT(%rip)
	movq	blob_param + GATE_LOCAL_RETURN_AT(%rip), %r12
	movq	blob_param + GATE_LOCAL_GDT_AT(%rip), %r13
	leaq	gate_start + GATE_ENTRY_LOCAL(%rip), %r14

/*
 * %r12: the other kernel's entry; %r13: linear address of its GDT, or 0;
 * %r14: the gate's entry that it shall enter next. The tables loaded are the left kernel's.
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

/* The local kernel goes straight back; %r14 is the entry it came by, its page tables are loaded. */
refuse_local:
	movq	blob_param + GATE_LOCAL_RETURN_AT(%rip), %r12
	movq	blob_param + GATE_LOCAL_GDT_AT(%rip), %r13
	jmp	leave_gate

/* The local kernel is gone. The peer goes straight back to %r12, its page tables are loaded. */
turn_back:
	movq	blob_param + GATE_PEER_GDT_AT(%rip), %r13
	leaq	gate_start + GATE_ENTRY_PEER(%rip), %r14

/* %r12, %r13, %r14 as at `cross`; tables that map the gate and %r12 are loaded. */
leave_gate:
	leaq	gate_start + STACK_TOP(%rip), %rsp
	/* Whatever a program or purgatory left in the segment registers, a kernel continues with its own. */
	load_segments_64 KERNEL_CS_64, KERNEL_DS_64
	pushq	%r14
	/* 0(%rsp): the re-entry; most of a page below it is free for the kernel */
	testq	%r13, %r13
	jz	1f
	movw	$KERNEL_GDT_LIMIT_64, -16(%rsp)
	movq	%r13, -14(%rsp)
	lgdt	-16(%rsp)
1:
	jmp	*%r12

/*
 * The local kernel calls the plain program at peer_entry, a C function that may run
 * anywhere the kernel's tables map. 0(%rsp): where the local kernel goes on.
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
	 * 0(%rsp): the slot, 8(%rsp) for the program, where it may store its next entry. 16-byte aligned, as
	 * the System V ABI has it at a call.
	 */
	call	*%rax
	/* The program may have left anything in the registers, and its own page tables. */
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
