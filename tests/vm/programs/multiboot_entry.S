/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Headers and entry of multiboot_report. One file with both headers, so that -t
 * decides; that of version 2 lets it be moved to where nothing else is.
 */
#define MB1_MAGIC 0x1badb002
#define MB1_FLAGS 0x7		/* modules on pages, memory, video */
#define MB2_MAGIC 0xe85250d6

/* With the code, at the beginning of the file: the first header has to lie in its first 8192 bytes. */
	.text
	.balign	8
	.long	MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)

	.balign	8
mb2_header:
	.long	MB2_MAGIC, 0, mb2_end - mb2_header, -(MB2_MAGIC + mb2_end - mb2_header)
	.balign	8
	.short	1, 0		/* information that is needed: memory, in two forms */
	.long	16, 4, 6
	.balign	8
	.short	5, 1		/* a screen, if there is one */
	.long	20, 0, 0, 0
	.balign	8
	.short	0, 0
	.long	8
mb2_end:

	.globl	_start
/* %eax: which version; %ebx: the information; protected mode, no paging, no stack. */
_start:
	cli
	movl	$stack_end, %esp
	pushl	%ebx
	pushl	%eax
	call	report
/* The keyboard controller resets the machine. */
1:	movb	$0xfe, %al
	outb	%al, $0x64
	jmp	1b

	.bss
	.balign	16
	.skip	8192
stack_end:

	.section .note.GNU-stack, "", @progbits
