/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry and exits of the 32-bit placing program; place64.S has the reasons. Position independent by %ebx. */
#include "purgatory/mode.h"

	.code32
	.section .entry, "ax"
	.globl	place_start
	.hidden	place_start
/*
 * The restoring kernel comes here by an ordinary kexec (arch/x86/kernel/relocate_kernel_32.S). Protected mode, paging
 * off, interrupts off. %esp: that kernel's stack, on which it has called: a word below it is ours to use.
 */
place_start:
	cli
	cld
	call	1f
1:
	popl	%ebx
	subl	$(1b - place_start), %ebx
	/* %ebx: our first byte */
	jmp	set_up

	.section .param, "aw"
	.globl	blob_param
	.hidden	blob_param
blob_param:
	.asciz	PLACE_MAGIC
	.fill	PLACE_PARAM_BYTES - 8, 1, 0

	.text
set_up:
	leal	PLACE_SIZE_BYTES(%ebx), %esp
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
	/* 0(%esp): parameters; 4(%esp): a page for a page table; 16-byte aligned; %ebx is kept by the callee */
	call	place_run
	testb	%al, %al
	jz	reset
	pushl	$0
	jmp	*PLACE_PARAM_OFFSET + PLACE_GATE_ENTRY_AT(%ebx)

reset:
	movb	$0xfe, %al
	outb	%al, $0x64
	movl	$100000000, %ecx
2:
	pause
	decl	%ecx
	jnz	2b
	ud2

	boot_gdt gdt_32, GDT_CODE_32
	table_pointer gdt_32
	.balign	8
no_idt:
	.word	0
	.long	0

	.section .note.GNU-stack, "", @progbits
