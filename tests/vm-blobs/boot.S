/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/vm-blobs/machine.h"

#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_MEMORY_INFO 2

	.section .multiboot, "a"
	.balign	4
	.long	MULTIBOOT_MAGIC
	.long	MULTIBOOT_MEMORY_INFO
	.long	-(MULTIBOOT_MAGIC + MULTIBOOT_MEMORY_INFO)

	.text
	.code32
	.globl	_start
/* From the multiboot loader: protected mode, flat segments, paging off; %ebx: multiboot information. */
_start:
	cli
	movl	$boot_stack_end, %esp
	movl	16(%ebx), %esi		/* the command line; its flag is set by every loader of use here */
	lgdt	boot_gdt_pointer
	movl	$0x20, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
	ljmp	$0x08, $1f
1:
#if IS_64
	call	fill_boot_tables
	call	enter_long_mode_32
	ljmp	$0x10, $2f
	.code64
2:
	movl	%esi, %esi
	movq	%rsi, machine_options
#else
	movl	%esi, machine_options
#endif
	call	machine_main
	hlt

#if IS_64
	.code32
/*
 * Identity tables for 8 GiB, four levels, and a fifth for LA57. Clobbers everything but %esi.
 */
fill_boot_tables:
	movl	$boot_pml4 + 3, boot_pml5
	movl	$boot_pdpt + 3, boot_pml4
	movl	$boot_pd + 3, %eax
	movl	$boot_pdpt, %edi
	movl	$8, %ecx
1:
	movl	%eax, (%edi)
	addl	$0x1000, %eax
	addl	$8, %edi
	loop	1b
	movl	$boot_pd, %edi
	movl	$0x83, %eax
	xorl	%edx, %edx
	movl	$8 * 512, %ecx
2:
	movl	%eax, (%edi)
	movl	%edx, 4(%edi)
	addl	$0x200000, %eax
	adcl	$0, %edx
	addl	$8, %edi
	loop	2b
	/* LA57 if the processor has it: then the tests run with five levels */
	movl	$boot_pml4, boot_cr3
	movl	$7, %eax
	xorl	%ecx, %ecx
	cpuid
	testl	$1 << 16, %ecx
	jz	3f
	movl	$boot_pml5, boot_cr3
	movl	$1 << 12, boot_cr4_la57
3:
	ret

	.globl	enter_long_mode_32
/* Paging off on entry; on return compatibility mode with boot_cr3. Clobbers %eax, %ecx, %edx. */
enter_long_mode_32:
	movl	%cr4, %eax
	orl	$1 << 5, %eax
	orl	boot_cr4_la57, %eax
	movl	%eax, %cr4
	movl	boot_cr3, %eax
	movl	%eax, %cr3
	movl	$0xc0000080, %ecx
	rdmsr
	orl	$1 << 8, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$1 << 31, %eax
	movl	%eax, %cr0
	ret
#endif

	.data
	.balign	8
boot_gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08: 32-bit code */
	.quad	0x00af9b000000ffff	/* 0x10: 64-bit code */
	.quad	0
	.quad	0x00cf93000000ffff	/* 0x20: data */
boot_gdt_end:
	.globl	boot_gdt_pointer
boot_gdt_pointer:
	.word	boot_gdt_end - boot_gdt - 1
	.long	boot_gdt, 0
	.globl	boot_cr3, boot_cr4_la57
	.balign	8
boot_cr3:
	.quad	0
boot_cr4_la57:
	.quad	0

	.bss
	.balign	4096
	.globl	boot_pml4, boot_pml5
boot_pml5:
	.fill	4096
boot_pml4:
	.fill	4096
boot_pdpt:
	.fill	4096
boot_pd:
	.fill	8 * 4096
boot_stack:
	.fill	0x4000
boot_stack_end:

	.section .note.GNU-stack, "", @progbits
