/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gate for 32-bit kernels; include/gate_param.h describes its entries, gate64.S the
 * kernels' requirements. 32-bit kernels jump with paging off (arch/x86/kernel/relocate_kernel_32.S),
 * so this gate needs no page tables. The parameters are 64-bit fields of which the low halves are used.
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

/* Leaves some words above the re-entry: a kernel may pop more than that one. */
#define STACK_TOP (GATE_POOL_OFFSET - 64)

	.text
/*
 * %ebx := the gate's start, %eax := 0(%esp). Uses a word below the stack it is entered with: a program or kernel that
 * calls has stack left.
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

/* %esp: the gate's own stack from here on; %al: the other CPUs are stopped. Keeps %ebx, %ebp, %esi, %edi. */
.macro stop_other_cpus
	leal	STACK_TOP - 12(%ebx), %esp
	pushl	$0
	/* 0(%esp): no spare page table, 16-byte aligned */
	call	other_cpus_stop
	leal	STACK_TOP(%ebx), %esp
.endm

/* The same; refuses the local kernel if it has other CPUs that cannot be stopped. %ebp: the gate's entry it used. */
.macro stop_other_cpus_of_local
	stop_other_cpus
	testb	%al, %al
	jnz	.Lstopped\@
	testl	$GATE_OTHER_CPUS, PARAM(GATE_FLAGS_AT)
	jnz	refuse_local
.Lstopped\@:
.endm

/* The local kernel jumps to the peer. 0(%esp): the address at which the local kernel continues. */
enter_local:
	find_gate
	movl	%eax, PARAM(GATE_LOCAL_RETURN_AT)
	leal	GATE_ENTRY_LOCAL(%ebx), %ebp
	stop_other_cpus_of_local
	movl	PARAM(GATE_PEER_ENTRY_AT), %esi
	movl	PARAM(GATE_PEER_GDT_AT), %edi
	leal	GATE_ENTRY_PEER(%ebx), %ebp
	jmp	leave_gate

/* The peer jumps to the local kernel. 0(%esp): the address at which the peer continues. */
enter_peer:
	find_gate
	movl	%eax, %esi
	stop_other_cpus
	testl	$GATE_LOCAL_ENDED, PARAM(GATE_FLAGS_AT)
	jnz	turn_back
	movl	%esi, PARAM(GATE_PEER_ENTRY_AT)
	movl	PARAM(GATE_LOCAL_RETURN_AT), %esi
	movl	PARAM(GATE_LOCAL_GDT_AT), %edi
	leal	GATE_ENTRY_LOCAL(%ebx), %ebp
	jmp	leave_gate

/* Returns straight to the local kernel; %ebp is the gate's entry that it used. */
refuse_local:
	movl	PARAM(GATE_LOCAL_RETURN_AT), %esi
	movl	PARAM(GATE_LOCAL_GDT_AT), %edi
	jmp	leave_gate

/* The local kernel has ended. Returns straight to the peer at %esi. */
turn_back:
	movl	PARAM(GATE_PEER_GDT_AT), %edi
	leal	GATE_ENTRY_PEER(%ebx), %ebp

/*
 * %ebx: the gate's start; %esi: the other kernel's entry; %edi: linear address of its GDT, or 0;
 * %ebp: the gate's entry for its next jump.
 */
leave_gate:
	leal	STACK_TOP(%ebx), %esp
	call	.Lleaving
.Lleaving:
	popl	%ecx
	/* A kernel continues with its own segments, not with those of a program or purgatory. */
	load_segments_32 KERNEL_CS_32, KERNEL_DS_32, .Lleaving, %ecx
	/* Most of a page below %esp is free for the kernel. */
	enter_kernel_32 %esi, %edi, %ebp

/* The local kernel calls the plain program at peer_entry. 0(%esp): the address at which the local kernel continues. */
enter_call:
	find_gate
	movl	%eax, PARAM(GATE_LOCAL_RETURN_AT)
	leal	GATE_ENTRY_CALL(%ebx), %ebp
	stop_other_cpus_of_local
	movl	PARAM(GATE_PEER_ENTRY_AT), %eax
	movl	%eax, (%esp)
	/* 0(%esp): the slot (4(%esp) in the program) in which it may store its next entry; 16-byte aligned */
	call	*%eax
	/* The program may have changed all registers, %ebx included. */
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
