/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry and exits of the 64-bit purgatory. Position independent, writable, and
 * entered any number of times: the code does not rely on values of an earlier run.
 */
#include "purgatory/mode.h"

	.code64
	.section .entry, "ax"
	.globl	purgatory_start
	.hidden	purgatory_start
/*
 * Called by the kernel (arch/x86/kernel/relocate_kernel_64.S, identity_mapped).
 * Long mode, identity page tables of its own, interrupts off; the IDT and GDT registers are invalid.
 * %rsp: the kernel's stack; with PURGATORY_JUMP, 0(%rsp) is its jump-back entry.
 * All other registers have any value and need not be preserved.
 */
purgatory_start:
	cli
	cld
	movq	%rsp, entry_stack(%rip)
	jmp	set_up

	.section .param, "aw"
	.globl	blob_param
	.hidden	blob_param
blob_param:
	.asciz	PURGATORY_MAGIC
	.fill	PURGATORY_PARAM_BYTES - 8, 1, 0

	.text
set_up:
	leaq	purgatory_start + PURGATORY_SIZE_BYTES(%rip), %rsp
	/* %rsp: end of our own stack, 16-byte aligned */
	lidt	no_idt(%rip)
	load_segments_64 BOOT_CS, BOOT_DS
	/* 64-bit protocol segments, %rsp as before */
	leaq	blob_param(%rip), %rdi
	xorl	%esi, %esi
	testl	$PURGATORY_JUMP, PURGATORY_FLAGS_AT(%rdi)
	jz	2f
	movq	entry_stack(%rip), %rax
	movq	(%rax), %rsi
2:
	movq	%rsi, caller_entry(%rip)
	/* %rdi: parameters; %rsi: the jump-back entry, or 0 */
	call	purgatory_prepare
	testb	%al, %al
	jz	go_back
	cmpl	$PURGATORY_TARGET_32, blob_param + PURGATORY_TARGET_MODE_AT(%rip)
	je	leave_long_mode

/* Jumps to a 64-bit target: all registers get the target's values, so the jump is through memory. */
	movq	blob_param + PURGATORY_REGS_AT + 0*8(%rip), %rax
	movq	blob_param + PURGATORY_REGS_AT + 1*8(%rip), %rbx
	movq	blob_param + PURGATORY_REGS_AT + 2*8(%rip), %rcx
	movq	blob_param + PURGATORY_REGS_AT + 3*8(%rip), %rdx
	movq	blob_param + PURGATORY_REGS_AT + 4*8(%rip), %rsi
	movq	blob_param + PURGATORY_REGS_AT + 5*8(%rip), %rdi
	movq	blob_param + PURGATORY_REGS_AT + 7*8(%rip), %rbp
	movq	blob_param + PURGATORY_REGS_AT + 8*8(%rip), %r8
	movq	blob_param + PURGATORY_REGS_AT + 9*8(%rip), %r9
	movq	blob_param + PURGATORY_REGS_AT + 10*8(%rip), %r10
	movq	blob_param + PURGATORY_REGS_AT + 11*8(%rip), %r11
	movq	blob_param + PURGATORY_REGS_AT + 12*8(%rip), %r12
	movq	blob_param + PURGATORY_REGS_AT + 13*8(%rip), %r13
	movq	blob_param + PURGATORY_REGS_AT + 14*8(%rip), %r14
	movq	blob_param + PURGATORY_REGS_AT + 15*8(%rip), %r15
	movq	blob_param + PURGATORY_REGS_AT + 6*8(%rip), %rsp
	testl	$PURGATORY_KEEP_STACK, blob_param + PURGATORY_FLAGS_AT(%rip)
	jz	3f
	movq	entry_stack(%rip), %rsp
3:
	jmp	*blob_param + PURGATORY_ENTRY_AT(%rip)

/*
 * Returns to the caller, as if the peer had jumped back at once. The caller's page tables are still loaded. Its next
 * jump enters purgatory again, so that it can try once more.
 */
go_back:
	leaq	purgatory_start + PURGATORY_SIZE_BYTES - 64(%rip), %rsp
	cld
	leaq	purgatory_start(%rip), %rax
	movq	blob_param + PURGATORY_LOCAL_GDT_AT(%rip), %rcx
	movq	caller_entry(%rip), %rdx
	enter_kernel_64 %rdx, %rcx, %rax

/*
 * Jumps to a 32-bit target. Purgatory is below 4 GiB (purgatory_prepare has checked). First into
 * compatibility mode, whose code segment stays valid when paging, and with it long mode, is turned off.
 */
leave_long_mode:
	leaq	purgatory_start(%rip), %rax
	movl	%eax, start_address(%rip)
	leaq	gdt_32(%rip), %rax
	movq	%rax, gdt_32_pointer + 2(%rip)
	lgdt	gdt_32_pointer(%rip)
	leaq	compatibility_mode(%rip), %rbx
	pushq	$BOOT_CS
	pushq	%rbx
	lretq

	.code32
compatibility_mode:
	/* %ebx: this label's address; 32-bit code segment, paging on; %esp: own stack */
	load_data_segments BOOT_DS
	/* PCIDE before PG: clearing PG while it is set faults (SDM vol. 3, 4.10.1) */
	movl	%cr4, %eax
	andl	$~CR4_PCIDE, %eax
	movl	%eax, %cr4
	movl	%cr0, %eax
	andl	$~CR0_PG, %eax
	movl	%eax, %cr0
	/* protected mode, paging off */
	movl	$MSR_EFER, %ecx
	rdmsr
	andl	$~EFER_LME, %eax
	wrmsr
	movl	%cr4, %eax
	andl	$~(CR4_PAE | CR4_PGE | CR4_LA57), %eax
	movl	%eax, %cr4
	enter_target_32 compatibility_mode, start_address, entry_stack
	.code64

	.balign	8
entry_stack:
	.quad	0	/* %rsp at purgatory_start */
caller_entry:
	.quad	0	/* 0(%rsp) there; 0 without PURGATORY_JUMP: the caller has ended */
start_address:
	.long	0	/* of purgatory_start, for 32-bit code */

	boot_gdt gdt_64, GDT_CODE_64
	boot_gdt gdt_32, GDT_CODE_32

	table_pointer gdt_64
	table_pointer gdt_32
	.balign	8
no_idt:
	.word	0
	.quad	0

	.section .note.GNU-stack, "", @progbits
