/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/vm-blobs/machine.h"

#if IS_64
#define WORD 8
#else
#define WORD 4
#endif
#define CALLS_FIRST (0 * WORD)
#define CALLS_SECOND (1 * WORD)
#define SEEN_STACK (2 * WORD)
#define SEEN_SLOT (3 * WORD)
#define NEW_CR3 (4 * WORD)

	.text
	.globl	program_first, program_second
/*
 * A plain program: a C function whose argument, on the stack, is where it may store its next entry. It
 * leaves rubbish in all registers and the direction flag set, which is more than C functions do.
 */
.macro program_entry calls, next
#if IS_64
	incq	program_seen + \calls
	movq	%rsp, program_seen + SEEN_STACK
	movq	8(%rsp), %rax
	movq	%rax, program_seen + SEEN_SLOT
	movq	$\next, 8(%rsp)
#else
	incl	program_seen + \calls
	movl	%esp, program_seen + SEEN_STACK
	movl	4(%esp), %eax
	movl	%eax, program_seen + SEEN_SLOT
	movl	$\next, 4(%esp)
#endif
	jmp	program_end
.endm
program_first:
	program_entry CALLS_FIRST, program_second
program_second:
	program_entry CALLS_SECOND, program_first
program_end:
#if IS_64
	movq	program_seen + NEW_CR3, %rax
	testq	%rax, %rax
	jz	1f
	movq	%rax, %cr3
1:
	.irp	reg, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	movq	$-1, %\reg
	.endr
#else
	.irp	reg, eax, ebx, ecx, edx, esi, edi, ebp
	movl	$-1, %\reg
	.endr
#endif
	std
	ret

#define SEEN_FLAGS (16 * 8)
#define SEEN_CR0 (17 * 8)
#define SEEN_CR4 (18 * 8)
#define SEEN_CR3 (19 * 8)
#define SEEN_EFER (20 * 8)
#define SEEN_CS (21 * 8)
#define SEEN_DS (22 * 8)
#define SEEN_ES (23 * 8)
#define SEEN_SS (24 * 8)
#define SEEN_VISITS (25 * 8)

	.globl	target_32
#if IS_64
	.globl	target_64
	.code64
/* A 64-bit target: records everything, then goes back to the kernel as a peer does. */
target_64:
	movq	%rax, target_seen + 0 * 8
	movq	%rbx, target_seen + 1 * 8
	movq	%rcx, target_seen + 2 * 8
	movq	%rdx, target_seen + 3 * 8
	movq	%rsi, target_seen + 4 * 8
	movq	%rdi, target_seen + 5 * 8
	movq	%rsp, target_seen + 6 * 8
	movq	%rbp, target_seen + 7 * 8
	movq	%r8, target_seen + 8 * 8
	movq	%r9, target_seen + 9 * 8
	movq	%r10, target_seen + 10 * 8
	movq	%r11, target_seen + 11 * 8
	movq	%r12, target_seen + 12 * 8
	movq	%r13, target_seen + 13 * 8
	movq	%r14, target_seen + 14 * 8
	movq	%r15, target_seen + 15 * 8
	movq	$target_stack_end, %rsp
	pushfq
	popq	target_seen + SEEN_FLAGS
	movq	%cr0, %rax
	movq	%rax, target_seen + SEEN_CR0
	movq	%cr4, %rax
	movq	%rax, target_seen + SEEN_CR4
	movq	%cr3, %rax
	movq	%rax, target_seen + SEEN_CR3
	movl	$0xc0000080, %ecx
	rdmsr
	movl	%eax, target_seen + SEEN_EFER
	movw	%cs, target_seen + SEEN_CS
	movw	%ds, target_seen + SEEN_DS
	movw	%es, target_seen + SEEN_ES
	movw	%ss, target_seen + SEEN_SS
	/* The selectors name what they should: load them again. */
	movl	$0x18, %eax
	movl	%eax, %ds
	movl	%eax, %ss
	pushq	$0x10
	pushq	$1f
	lretq
1:
	incq	target_seen + SEEN_VISITS
target_returns:
	movq	$target_stack_end, %rsp
	pushq	$0x5ee5
	lgdt	target_return_gdtr
	cld
	jmp	*target_return_to
#endif

	.code32
/* A 32-bit target. In the 64-bit machine it enters long mode again, to go back. */
target_32:
	movl	%eax, target_seen + 0 * 8
	movl	%ebx, target_seen + 1 * 8
	movl	%ecx, target_seen + 2 * 8
	movl	%edx, target_seen + 3 * 8
	movl	%esi, target_seen + 4 * 8
	movl	%edi, target_seen + 5 * 8
	movl	%esp, target_seen + 6 * 8
	movl	%ebp, target_seen + 7 * 8
	movl	$target_stack_end, %esp
	pushfl
	popl	target_seen + SEEN_FLAGS
	movl	%cr0, %eax
	movl	%eax, target_seen + SEEN_CR0
	movl	%cr4, %eax
	movl	%eax, target_seen + SEEN_CR4
	movw	%cs, target_seen + SEEN_CS
	movw	%ds, target_seen + SEEN_DS
	movw	%es, target_seen + SEEN_ES
	movw	%ss, target_seen + SEEN_SS
	movl	$0x18, %eax
	movl	%eax, %ds
	movl	%eax, %ss
	ljmp	$0x10, $2f
2:
	incl	target_seen + SEEN_VISITS
#if IS_64
	movl	$0xc0000080, %ecx
	rdmsr
	movl	%eax, target_seen + SEEN_EFER
	lgdt	boot_gdt_pointer
	call	enter_long_mode_32
	ljmp	$0x10, $3f
	.code64
3:
	movq	target_cr3, %rax
	movq	%rax, %cr3
	jmp	target_returns
#else
	movl	$target_stack_end, %esp
	pushl	$0x5ee5
	lgdt	target_return_gdtr
	cld
	jmp	*target_return_to
#endif

	.bss
	.balign	16
	.fill	4096
target_stack_end:
	.fill	16

	.section .note.GNU-stack, "", @progbits
