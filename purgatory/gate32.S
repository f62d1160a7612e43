/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gate for 32-bit kernels; include/gate_param.h says what its entries do, gate64.S
 * what the kernels do and want. Here the kernels change over with paging off
 * (arch/x86/kernel/relocate_kernel_32.S), so that there are no page tables to bring.
 * The parameters are 64-bit fields of which the low halves are used.
 *
 * Position independent: everything is addressed relative to the gate's start, in %ebx.
 */
#include "purgatory/mode.h"

	.code32
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

#define PARAM(at) GATE_PARAM_OFFSET+(at)(%ebx)

/* The words that a kernel may find above the re-entry, should it pop more than that. */
#define STACK_TOP (GATE_POOL_OFFSET - 64)

	.text
/*
 * %ebx := the gate's start, %eax := 0(%esp). Uses a word below the stack it is entered with: the kernel has called us,
 * and a program or kernel that calls has stack left.
 */
.macro find_gate
	cli
	cld
	movl	(%esp), %eax
	call	.Lhere\@
.Lhere\@:
	popl	%ebx
	addl	$gate_start - .Lhere\@, %ebx
.endm

/* %esp: our own stack from here on; the other CPUs execute nothing any more if %al is set. Keeps %ebx, %ebp, %esi, %edi. */
.macro stop_other_cpus
	leal	STACK_TOP - 12(%ebx), %esp
	pushl	$0
	/* 0(%esp): no spare page table, 16-byte aligned */
	call	other_cpus_stop
	leal	STACK_TOP(%ebx), %esp
.endm

/* The same, for the local kernel, which is refused if it has left other CPUs that cannot be stopped. %ebp: its entry. */
.macro stop_other_cpus_of_local
	stop_other_cpus
	testb	%al, %al
	jnz	.Lstopped\@
	testl	$GATE_OTHER_CPUS, PARAM(GATE_FLAGS_AT)
	jnz	refuse_local
.Lstopped\@:
.endm

/* The local kernel goes to the peer. 0(%esp): where the local kernel goes on. */
enter_local:
	find_gate
	movl	%eax, PARAM(GATE_LOCAL_RETURN_AT)
	leal	GATE_ENTRY_LOCAL(%ebx), %ebp
	stop_other_cpus_of_local
	movl	PARAM(GATE_PEER_ENTRY_AT), %esi
	movl	PARAM(GATE_PEER_GDT_AT), %edi
	leal	GATE_ENTRY_PEER(%ebx), %ebp
	jmp	leave_gate

/* The peer goes to the local kernel. 0(%esp): where the peer goes on. */
enter_peer:
	find_gate
	movl	%eax, %esi
	stop_other_cpus
	testl	$GATE_LOCAL_GONE, PARAM(GATE_FLAGS_AT)
	jnz	turn_back
	movl	%esi, PARAM(GATE_PEER_ENTRY_AT)
	movl	PARAM(GATE_LOCAL_RETURN_AT), %esi
	movl	PARAM(GATE_LOCAL_GDT_AT), %edi
	leal	GATE_ENTRY_LOCAL(%ebx), %ebp
	jmp	leave_gate

/* The local kernel goes straight back; %ebp is the entry it came by. */
refuse_local:
	movl	PARAM(GATE_LOCAL_RETURN_AT), %esi
	movl	PARAM(GATE_LOCAL_GDT_AT), %edi
	jmp	leave_gate

/* The local kernel is gone. The peer goes straight back to %esi. */
turn_back:
	movl	PARAM(GATE_PEER_GDT_AT), %edi
	leal	GATE_ENTRY_PEER(%ebx), %ebp

/*
 * %ebx: the gate's start; %esi: the other kernel's entry; %edi: linear address of its GDT, or 0;
 * %ebp: the gate's entry that it shall enter next.
 */
leave_gate:
	leal	STACK_TOP(%ebx), %esp
	call	.Lleaving
.Lleaving:
	popl	%ecx
	/* Whatever a program or purgatory left in the segment registers, a kernel continues with its own. */
	load_segments_32 KERNEL_CS_32, KERNEL_DS_32, .Lleaving, %ecx
	pushl	%ebp
	/* 0(%esp): the re-entry; most of a page below it is free for the kernel */
	testl	%edi, %edi
	jz	1f
	movw	$KERNEL_GDT_LIMIT_32, -8(%esp)
	movl	%edi, -6(%esp)
	lgdt	-8(%esp)
1:
	jmp	*%esi

/* The local kernel calls the plain program at peer_entry. 0(%esp): where the local kernel goes on. */
enter_call:
	find_gate
	movl	%eax, PARAM(GATE_LOCAL_RETURN_AT)
	leal	GATE_ENTRY_CALL(%ebx), %ebp
	stop_other_cpus_of_local
	movl	PARAM(GATE_PEER_ENTRY_AT), %eax
	movl	%eax, (%esp)
	/* 0(%esp): the slot, 4(%esp) for the program, where it may store its next entry; 16-byte aligned */
	call	*%eax
	/* The program may have left anything in the registers, %ebx included. */
	find_gate
	movl	STACK_TOP(%ebx), %eax
	movl	%eax, PARAM(GATE_PEER_ENTRY_AT)
	movl	PARAM(GATE_LOCAL_RETURN_AT), %esi
	movl	PARAM(GATE_LOCAL_GDT_AT), %edi
	leal	GATE_ENTRY_CALL(%ebx), %ebp
	jmp	leave_gate

	boot_gdt gdt_32, GDT_CODE_32
	table_pointer gdt_32

	.section .note.GNU-stack, "", @progbits
