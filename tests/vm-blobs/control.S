/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pretended kernel's control page, copied from here: how it leaves and how it
 * resumes, with the demands of arch/x86/kernel/relocate_kernel_{32,64}.S of Linux
 * 6.1 and what follows it. Nothing outside the page is touched before the kernel's
 * own map is loaded. `control_data` is struct control.
 */
#include "tests/vm-blobs/machine.h"

#define OWN_CR3 (0 * WORD)
#define IDENTITY_CR3 (1 * WORD)
#define STACK (2 * WORD)
#define FOUND_CR3 (3 * WORD)
#define FOUND_FLAGS (4 * WORD)
#define FOUND_GDTR (5 * WORD)
#define OWN_GDTR (6 * WORD + 2)
#define FOUND_CS (7 * WORD + 4)
#define FOUND_DS (7 * WORD + 6)
#define FOUND_ES (7 * WORD + 8)
#define FOUND_SS (7 * WORD + 10)

	.text
	.balign	16
	.globl	control_begin, control_came_back, control_end
control_begin:
#if IS_64
#define WORD 8
/* Called from C. %rdi: the address to jump to. */
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, control_data + STACK(%rip)
	movq	%rdi, %rdx
	movq	control_data + IDENTITY_CR3(%rip), %rax
	movq	%rax, %cr3
	lgdt	nothing(%rip)
	lidt	nothing(%rip)
	leaq	control_begin + CONTROL_BYTES(%rip), %rsp
	call	*%rdx
control_came_back:
	/* The peer's next entry, and the stack is used. */
	movq	0(%rsp), %rbp
	call	1f
1:
	popq	%r8
	movq	%cr3, %rax
	movq	%rax, control_data + FOUND_CR3(%rip)
	pushfq
	popq	control_data + FOUND_FLAGS(%rip)
	sgdt	control_data + FOUND_GDTR(%rip)
	movw	%cs, control_data + FOUND_CS(%rip)
	movw	%ds, control_data + FOUND_DS(%rip)
	movw	%es, control_data + FOUND_ES(%rip)
	movw	%ss, control_data + FOUND_SS(%rip)
	movq	control_data + OWN_CR3(%rip), %rax
	movq	%rax, %cr3
	/* Its own map: only now, and only here, can the GDT that GDTR names be read. */
	movl	$KERNEL_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	lgdt	control_data + OWN_GDTR(%rip)
	movq	control_data + STACK(%rip), %rsp
	leaq	2f(%rip), %rax
	pushq	$KERNEL_CS
	pushq	%rax
	lretq
2:
	movq	%rbp, %rax
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret
#else
#define WORD 4
/* Called from C. 4(%esp): the address to jump to. */
	movl	4(%esp), %edx
	pushl	%ebx
	pushl	%ebp
	pushl	%esi
	pushl	%edi
	call	1f
1:
	popl	%ebx
	leal	control_begin - 1b(%ebx), %ebx
	/* %ebx: the control page */
	movl	%esp, CONTROL_DATA_OFFSET + STACK(%ebx)
	movl	%cr0, %eax
	andl	$0x7fffffff, %eax
	movl	%eax, %cr0
	lgdt	nothing - control_begin(%ebx)
	lidt	nothing - control_begin(%ebx)
	leal	CONTROL_BYTES(%ebx), %esp
	call	*%edx
control_came_back:
	movl	0(%esp), %ebp
	call	2f
2:
	popl	%ebx
	leal	control_begin - 2b(%ebx), %ebx
	pushfl
	popl	CONTROL_DATA_OFFSET + FOUND_FLAGS(%ebx)
	sgdt	CONTROL_DATA_OFFSET + FOUND_GDTR(%ebx)
	movw	%cs, CONTROL_DATA_OFFSET + FOUND_CS(%ebx)
	movw	%ds, CONTROL_DATA_OFFSET + FOUND_DS(%ebx)
	movw	%es, CONTROL_DATA_OFFSET + FOUND_ES(%ebx)
	movw	%ss, CONTROL_DATA_OFFSET + FOUND_SS(%ebx)
	movl	CONTROL_DATA_OFFSET + OWN_CR3(%ebx), %eax
	movl	%eax, %cr3
	movl	%cr0, %eax
	orl	$0x80000000, %eax
	movl	%eax, %cr0
	movl	$KERNEL_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	lgdt	CONTROL_DATA_OFFSET + OWN_GDTR(%ebx)
	movl	CONTROL_DATA_OFFSET + STACK(%ebx), %esp
	leal	3f - control_begin(%ebx), %eax
	pushl	$KERNEL_CS
	pushl	%eax
	lretl
3:
	movl	%ebp, %eax
	popl	%edi
	popl	%esi
	popl	%ebp
	popl	%ebx
	ret
#endif

nothing:
	.word	0
	.quad	0
	.org	control_begin + CONTROL_DATA_OFFSET
control_data:
control_end:

/* The first thing a kernel does: %rax has the word that was at 0(%rsp), 0(%rsp) its main function. */
	.globl	kernel_first_steps
kernel_first_steps:
#if IS_64
	movq	%rax, %rdi
	popq	%rax
	call	*%rax
#else
	popl	%edx
	subl	$12, %esp
	pushl	%eax
	call	*%edx
#endif
	hlt

	.section .note.GNU-stack, "", @progbits
