/* SPDX-License-Identifier: GPL-2.0-only */
/* Assembly that the 32- and the 64-bit purgatory share: the descriptor tables and the 32-bit target. */
#ifndef KJ_MODE_H
#define KJ_MODE_H

#include "purgatory/layout.h"

/* Intel SDM vol. 3, 2.5 and 2.2.1 */
#define CR0_PG (1 << 31)
#define CR4_PAE (1 << 5)
#define CR4_PGE (1 << 7)
#define CR4_PCIDE (1 << 17)
#define MSR_EFER 0xc0000080
#define EFER_LME (1 << 8)

/*
 * The kernels' own selectors (asm/segment.h). On x86_64 they are those of the boot protocol. On i386 they differ,
 * and a kernel that resumes with another selector in CS runs only until its first interrupt returns.
 */
#define KERNEL_CS_32 0x60
#define KERNEL_DS_32 0x68
#define KERNEL_CS_64 BOOT_CS
#define KERNEL_DS_64 BOOT_DS

/*
 * Flat segments, at the selectors of the Linux boot protocol and at those of an i386 kernel. Two tables, as
 * BOOT_CS is 32-bit code for a 32-bit target and 64-bit code for a 64-bit one. The processor sets the accessed
 * bits.
 */
#define GDT_CODE_32 0x00cf9a000000ffff
#define GDT_CODE_64 0x00af9a000000ffff
#define GDT_DATA 0x00cf92000000ffff /* 4 GiB, writable */
.macro boot_gdt name, code
	.balign	8
\name:
	.quad	0
	.quad	0
	.quad	\code		/* BOOT_CS */
	.quad	GDT_DATA	/* BOOT_DS */
	.fill	8, 8, 0
	.quad	GDT_CODE_32	/* KERNEL_CS_32 */
	.quad	GDT_DATA	/* KERNEL_DS_32 */
\name\()_end:
.endm

/* All data segment registers; clobbers %eax. */
.macro load_data_segments selector
	movl	$\selector, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
.endm

/*
 * The flat segments of gdt_32, with \code and \data in the registers. \base is a register with the
 * address of the label \label in this section. Clobbers %eax; two words of stack.
 */
.macro load_segments_32 code, data, label, base
	leal	gdt_32-\label(\base), %eax
	movl	%eax, gdt_32_pointer-\label+2(\base)
	lgdt	gdt_32_pointer-\label(\base)
	load_data_segments \data
	leal	.Lreloaded\@-\label(\base), %eax
	pushl	$\code
	pushl	%eax
	lretl
.Lreloaded\@:
.endm

/* The same in long mode, of gdt_64. Clobbers %rax; two words of stack. */
.macro load_segments_64 code, data
	leaq	gdt_64(%rip), %rax
	movq	%rax, gdt_64_pointer + 2(%rip)
	lgdt	gdt_64_pointer(%rip)
	load_data_segments \data
	leaq	.Lreloaded\@(%rip), %rax
	pushq	$\code
	pushq	%rax
	lretq
.Lreloaded\@:
.endm

/*
 * Jumps to a kernel at \entry, which reads the address for its next jump (\re_entry) at 0(%esp), pushes below it, and
 * may load segment registers before it has loaded its own GDT register. So that register must contain the linear
 * address of that GDT in the kernel's own map (\gdt; 0: not known). It cannot be read yet: no segment register may be
 * loaded after this lgdt. On entry: the kernel's segments; tables that map the stack and \entry. The operands are
 * registers.
 */
.macro enter_kernel_64 entry, gdt, re_entry
	pushq	\re_entry
	testq	\gdt, \gdt
	jz	.Lno_gdt\@
	movw	$KERNEL_GDT_LIMIT_64, -16(%rsp)
	movq	\gdt, -14(%rsp)
	lgdt	-16(%rsp)
.Lno_gdt\@:
	jmp	*\entry
.endm

.macro enter_kernel_32 entry, gdt, re_entry
	pushl	\re_entry
	testl	\gdt, \gdt
	jz	.Lno_gdt\@
	movw	$KERNEL_GDT_LIMIT_32, -8(%esp)
	movl	\gdt, -6(%esp)
	lgdt	-8(%esp)
.Lno_gdt\@:
	jmp	*\entry
.endm

/*
 * Ends a machine without a kernel: the keyboard controller resets it, else an exception without a handler. Before
 * that, what was written reaches memory: a reset discards the caches.
 */
.macro reset_machine
	wbinvd
	movb	$0xfe, %al
	outb	%al, $0x64
	movl	$100000000, %ecx
.Lwait\@:
	pause
	decl	%ecx
	jnz	.Lwait\@
	ud2
.endm

/* The operand of lgdt: limit, then base, which is filled in at run time. */
.macro table_pointer table
	.balign	8
\table\()_pointer:
	.word	\table\()_end - \table - 1
	.quad	0
.endm

/*
 * Jumps to a 32-bit target. On entry: protected mode, paging off, flat segments loaded;
 * %ebx: address of `base`, a label in this section. The stack's content is no longer used.
 * The parameters are PURGATORY_PARAM_OFFSET after `start_at`(%ebx), the address of purgatory.
 *
 * All registers get the target's values, so none can hold the jump's address: it is a relative jump whose
 * distance is written into the code first.
 */
.macro enter_target_32 base, start_at, entry_stack
	movl	\start_at-\base(%ebx), %ebp
	addl	$PURGATORY_PARAM_OFFSET, %ebp
	/* %ebp: parameters */
	movl	PURGATORY_ENTRY_AT(%ebp), %eax
	leal	.Ltarget_32_end-\base(%ebx), %ecx
	subl	%ecx, %eax
	movl	%eax, .Ltarget_32_distance-\base(%ebx)

	movl	PURGATORY_REGS_AT+6*8(%ebp), %esp
	testl	$PURGATORY_KEEP_STACK, PURGATORY_FLAGS_AT(%ebp)
	jz	1f
	movl	\entry_stack-\base(%ebx), %esp
1:
	cld
	movl	PURGATORY_REGS_AT+0*8(%ebp), %eax
	movl	PURGATORY_REGS_AT+1*8(%ebp), %ebx
	movl	PURGATORY_REGS_AT+2*8(%ebp), %ecx
	movl	PURGATORY_REGS_AT+3*8(%ebp), %edx
	movl	PURGATORY_REGS_AT+4*8(%ebp), %esi
	movl	PURGATORY_REGS_AT+5*8(%ebp), %edi
	movl	PURGATORY_REGS_AT+7*8(%ebp), %ebp
	.byte	0xe9		/* jmp rel32 */
.Ltarget_32_distance:
	.long	0
.Ltarget_32_end:
.endm

#endif
