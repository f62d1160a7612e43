/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry and exits of the 64-bit placing program. */
#include "purgatory/mode.h"

	.code64
	.section .entry, "ax"
	.globl	place_start
	.hidden	place_start
/*
 * The restoring kernel comes here by an ordinary kexec (arch/x86/kernel/relocate_kernel_64.S). Long mode, identity
 * page tables of its own, interrupts off, IDT and GDT registers invalid. The stack is that kernel's.
 */
place_start:
	cli
	cld
	leaq	place_start + PLACE_SIZE_BYTES(%rip), %rsp
	/* %rsp: end of our own stack, 16-byte aligned */
	jmp	set_up

	.section .param, "aw"
	.globl	blob_param
	.hidden	blob_param
blob_param:
	.asciz	PLACE_MAGIC
	.fill	PLACE_PARAM_BYTES - 8, 1, 0

	.text
set_up:
	lidt	no_idt(%rip)
	load_segments_64 BOOT_CS, BOOT_DS
	leaq	blob_param(%rip), %rdi
	leaq	place_start + PLACE_SPARE_TABLE_OFFSET(%rip), %rsi
	/* %rdi: parameters; %rsi: a page for a page table */
	call	place_run
	testb	%al, %al
	jz	reset
	pushq	$0
	/* 0(%rsp): where the gate may go back to: nowhere. Own page tables show the gate. */
	jmp	*blob_param + PLACE_GATE_ENTRY_AT(%rip)

/* By the keyboard controller, else by an exception that nothing handles. */
reset:
	movb	$0xfe, %al
	outb	%al, $0x64
	movl	$100000000, %ecx
1:
	pause
	decl	%ecx
	jnz	1b
	ud2

	boot_gdt gdt_64, GDT_CODE_64
	table_pointer gdt_64
	.balign	8
no_idt:
	.word	0
	.quad	0

	.section .note.GNU-stack, "", @progbits
