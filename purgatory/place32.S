/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry and exits of the 32-bit placing program; place64.S has the reasons. Position independent by %ebx. */
#include "purgatory/mode.h"

	.code32
	.section .entry, "ax"
	.globl	place_start
	.hidden	place_start
/*
 * The restoring kernel calls this (arch/x86/kernel/relocate_kernel_32.S). Protected mode, paging off, interrupts off.
 * %esp: that kernel's stack, on which it has called: a word below it is ours to use. With PLACE_JUMP, 0(%esp) is where
 * it continues.
 */
place_start:
	cli
	cld
	movl	(%esp), %esi
	call	1f
1:
	popl	%ebx
	subl	$(1b - place_start), %ebx
	/* %ebx: our first byte; %esi: 0(%esp) at the entry; both are kept by what is called */
	jmp	set_up

	.section .param, "aw"
	.globl	blob_param
	.hidden	blob_param
blob_param:
	.asciz	PLACE_MAGIC
	.fill	PLACE_PARAM_BYTES - 8, 1, 0

#define PARAM(at) PLACE_PARAM_OFFSET+(at)(%ebx)

	.text
set_up:
	leal	PLACE_SIZE_BYTES-PLACE_STACK_SPARE_BYTES(%ebx), %esp
	call	here
here:
	popl	%ecx
	lidt	no_idt-here(%ecx)
	load_segments_32 BOOT_CS, BOOT_DS, here, %ecx
	leal	PLACE_SPARE_TABLE_OFFSET(%ebx), %eax
	leal	PLACE_PARAM_OFFSET(%ebx), %edx
	subl	$8, %esp
	pushl	%eax
	pushl	%edx
	/* 0(%esp): parameters; 4(%esp): a page for a page table; 16-byte aligned */
	call	place_run
	testb	%al, %al
	jz	refuse
	pushl	$0
	jmp	*PARAM(PLACE_GATE_ENTRY_AT)

/* Nothing was changed but this program's own memory. */
refuse:
	testl	$PLACE_JUMP, PARAM(PLACE_FLAGS_AT)
	jz	reset
	call	leaving
leaving:
	popl	%ecx
	load_segments_32 KERNEL_CS_32, KERNEL_DS_32, leaving, %ecx
	movl	PARAM(PLACE_LOCAL_GDT_AT), %ecx
	enter_kernel_32 %esi, %ecx, %ebx

reset:
	reset_machine

	boot_gdt gdt_32, GDT_CODE_32
	table_pointer gdt_32
	.balign	8
no_idt:
	.word	0
	.long	0

	.section .note.GNU-stack, "", @progbits
