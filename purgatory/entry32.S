/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry and exits of the 32-bit purgatory; entry64.S gives the reasons. Position
 * independent: data is addressed relative to `here`, whose address is in %ebx.
 */
#include "purgatory/mode.h"

	.code32
	.section .entry, "ax"
	.globl	purgatory_start
	.hidden	purgatory_start
/*
 * Called by the kernel (arch/x86/kernel/relocate_kernel_32.S, identity_mapped).
 * Protected mode, paging off, interrupts off; IDT and GDT registers are invalid.
 * %esp: the kernel's stack; with PURGATORY_JUMP, 0(%esp) is its jump-back entry.
 * The word below the stack may be overwritten: it is free after the kernel's call.
 */
purgatory_start:
	cli
	cld
	jmp	set_up

	.section .param, "aw"
	.globl	blob_param
	.hidden	blob_param
blob_param:
	.asciz	PURGATORY_MAGIC
	.fill	PURGATORY_PARAM_BYTES - 8, 1, 0

	.text
set_up:
	call	here
here:
	popl	%ebx
	/* %ebx: address of `here`, from now on; %esp: as at entry */
	movl	%esp, entry_stack-here(%ebx)
	leal	purgatory_start-here(%ebx), %eax
	movl	%eax, start_address-here(%ebx)
	leal	PURGATORY_SIZE_BYTES(%eax), %esp
	/* %esp: end of our own stack, 16-byte aligned */
	lidt	no_idt-here(%ebx)
	load_segments_32 BOOT_CS, BOOT_DS, here, %ebx
	movl	start_address-here(%ebx), %eax
	addl	$PURGATORY_PARAM_OFFSET, %eax
	xorl	%edx, %edx
	testl	$PURGATORY_JUMP, PURGATORY_FLAGS_AT(%eax)
	jz	2f
	movl	entry_stack-here(%ebx), %edx
	movl	(%edx), %edx
2:
	movl	%edx, caller_entry-here(%ebx)
	/* Two arguments and two unused words keep the stack aligned at the call. */
	subl	$8, %esp
	pushl	%edx
	pushl	%eax
	/* 0(%esp): parameters; 4(%esp): the jump-back entry, or 0; the callee preserves %ebx */
	call	purgatory_prepare
	testb	%al, %al
	jz	go_back
	enter_target_32 here, start_address, entry_stack

/* Returns to the caller: see entry64.S. */
go_back:
	movl	start_address-here(%ebx), %eax
	leal	PURGATORY_SIZE_BYTES-64(%eax), %esp
	load_segments_32 KERNEL_CS_32, KERNEL_DS_32, here, %ebx
	cld
	movl	start_address-here(%ebx), %eax
	movl	PURGATORY_PARAM_OFFSET+PURGATORY_LOCAL_GDT_AT(%eax), %ecx
	movl	caller_entry-here(%ebx), %edx
	enter_kernel_32 %edx, %ecx, %eax

	.balign	4
entry_stack:
	.long	0	/* %esp at purgatory_start */
caller_entry:
	.long	0	/* 0(%esp) there; 0 without PURGATORY_JUMP: the caller has ended */
start_address:
	.long	0	/* of purgatory_start */

	boot_gdt gdt_32, GDT_CODE_32

	table_pointer gdt_32
	.balign	8
no_idt:
	.word	0
	.long	0

	.section .note.GNU-stack, "", @progbits
