/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the machine's other CPU runs: 16-bit code, copied to OTHER_CPU_PAGE, where SIPI starts it.
 */
#include "tests/vm-blobs/machine.h"

	.text
	.code16
	.globl	other_cpu_counts, other_cpu_counts_end
/* As in a kernel that waits in mwait, with something to see: QEMU's mwait is a pause where there are other CPUs. */
other_cpu_counts:
	cli
	movw	%cs, %ax
	movw	%ax, %ds
1:
	incl	OTHER_CPU_COUNT
	pause
	jmp	1b
other_cpu_counts_end:

	.globl	other_cpu_strays, other_cpu_strays_end
/* What another kernel has there: whatever the instruction pointer was, it ends in the witness. */
other_cpu_strays:
	.fill	256, 1, 0x90
	incl	OTHER_CPU_STRAYED
1:
	cli
	hlt
	jmp	1b
other_cpu_strays_end:

	.globl	other_cpu_enters, other_cpu_enters_end
/* Goes to other_cpu_main, in this program's mode. */
other_cpu_enters:
	cli
	movw	%cs, %ax
	movw	%ax, %ds
	lgdtl	flat_gdt_pointer - other_cpu_enters
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$0x08, $flat
	.balign	8
flat_gdt:
	.quad	0
	.quad	0x00cf9b000000ffff
flat_gdt_pointer:
	.word	flat_gdt_pointer - flat_gdt - 1
	.long	OTHER_CPU_PAGE + flat_gdt - other_cpu_enters
other_cpu_enters_end:

	.code32
flat:
	lgdt	%cs:boot_gdt_pointer
	movl	$0x20, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$other_cpu_stack_end, %esp
	ljmp	$0x08, $1f
1:
#if IS_64
	call	enter_long_mode_32
	ljmp	$0x10, $2f
	.code64
2:
#else
	/* large pages, as kernel.c's maps have */
	movl	%cr4, %eax
	orl	$0x10, %eax
	movl	%eax, %cr4
#endif
	call	other_cpu_main
	hlt

	.bss
	.balign	16
	.fill	0x4000
other_cpu_stack_end:

	.section .note.GNU-stack, "", @progbits
