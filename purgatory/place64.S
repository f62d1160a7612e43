/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry and exits of the 64-bit placing program. */
#include "purgatory/mode.h"

	.code64
	.section .entry, "ax"
	.globl	place_start
	.hidden	place_start
/*
 * The restoring kernel calls this (arch/x86/kernel/relocate_kernel_64.S). Long mode, identity page tables of its own,
 * interrupts off, IDT and GDT registers invalid. %rsp: that kernel's stack; with PLACE_JUMP, 0(%rsp) is where it
 * continues.
 */
place_start:
	cli
	cld
	movq	(%rsp), %rax
	movq	%rax, caller_entry(%rip)
	movq	%cr3, %rax
	movq	%rax, caller_tables(%rip)
	leaq	place_start + PLACE_SIZE_BYTES - PLACE_STACK_SPARE_BYTES(%rip), %rsp
	/* %rsp: our own stack, 16-byte aligned */
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
	jz	refuse
	pushq	$0
	/* 0(%rsp): where the gate may go back to: nowhere. Own page tables show the gate. */
	jmp	*blob_param + PLACE_GATE_ENTRY_AT(%rip)

/* Nothing was changed but this program's own memory. The segments are those of a kernel. */
refuse:
	testl	$PLACE_JUMP, blob_param + PLACE_FLAGS_AT(%rip)
	jz	reset
	movq	caller_tables(%rip), %rax
	movq	%rax, %cr3
	leaq	place_start(%rip), %rax
	movq	blob_param + PLACE_LOCAL_GDT_AT(%rip), %rcx
	movq	caller_entry(%rip), %rdx
	enter_kernel_64 %rdx, %rcx, %rax

reset:
	reset_machine

	.balign	8
caller_entry:
	.quad	0	/* 0(%rsp) at place_start */
caller_tables:
	.quad	0	/* %cr3 there */

	boot_gdt gdt_64, GDT_CODE_64
	table_pointer gdt_64
	.balign	8
no_idt:
	.word	0
	.quad	0

	.section .note.GNU-stack, "", @progbits
