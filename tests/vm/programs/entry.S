/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two entries of phy_mode. At each: 0(%rsp) is the return address, 8(%rsp)
 * (4(%esp) on i386) the slot for where to be entered next.
 */
	.text
	.globl	_start
#ifdef __x86_64__
_start:
	leaq	second(%rip), %rax
	movq	%rax, 8(%rsp)
	leaq	first_name(%rip), %rdi
	jmp	report		/* returns to our caller */

second:
	leaq	_start(%rip), %rax
	movq	%rax, 8(%rsp)
	leaq	second_name(%rip), %rdi
	jmp	report
#else
_start:
	movl	$second, 4(%esp)
	pushl	$first_name
	call	report
	addl	$4, %esp
	ret

second:
	movl	$_start, 4(%esp)
	pushl	$second_name
	call	report
	addl	$4, %esp
	ret
#endif

	.section .rodata
first_name:
	.asciz	"first"
second_name:
	.asciz	"second"

	.section .note.GNU-stack, "", @progbits
