/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Switches from 32-bit mode to real mode and enters a kernel's setup code, with the machine in the state that a BIOS
 * expects: its interrupt vectors at 0, interrupts and the timer as they are after power-on (Intel SDM vol. 3, 10.9.2
 * "Switching Back to Real-Address Mode"; boot.rst, "Running the Kernel").
 *
 * Lies at REAL_MODE_ENTRY of the memory that real_mode.h describes. All addresses are relative to the start of that
 * memory, which is the base of the 16-bit code segment and then of the real-mode segment.
 */
#include "include/real_mode.h"

#define AT(label) (REAL_MODE_ENTRY + label - real16_start)

#define CODE_16 0x08
#define DATA_16 0x10
#define CR0_ET 0x10

/* 8259A: initialisation words, vectors of the BIOS. 8254: counter 0, square wave, 65536: 18.2 times a second. */
#define PIC_MASTER 0x20
#define PIC_SLAVE 0xa0
#define PIC_ICW1 0x11
#define PIC_MASTER_VECTOR 0x08
#define PIC_SLAVE_VECTOR 0x70
#define PIC_SLAVE_LINE 2
#define PIC_ICW4_8086 0x01
#define PIC_TIMER_AND_SLAVE_ONLY 0xfa
#define PIC_NONE 0xff
#define PIT_COUNTER_0 0x40
#define PIT_CONTROL 0x43
#define PIT_SQUARE_WAVE 0x36

/* Old chips need time between two writes; a write to port 0x80 has no other effect. */
.macro out port, value
	movb	$\value, %al
	outb	%al, $\port
	outb	%al, $0x80
.endm

	.text
	.code32
/* %ebx: the start of that memory, below 1 MiB; flat segments, paging off, interrupts off; no stack. */
real16_start:
	cli
	cld
	/* The base has at most 24 bits, which are bytes 2 to 4 of the descriptor. */
	orl	%ebx, AT(code_16)+2(%ebx)
	leal	AT(gdt)(%ebx), %eax
	movl	%eax, AT(gdt_pointer)+2(%ebx)
	movl	%ebx, %ecx
	shrl	$4, %ecx
	/* %cx: the real-mode segment, from now on */
	movw	%cx, AT(real_jump)+3(%ebx)
	lidt	AT(bios_vectors)(%ebx)
	lgdt	AT(gdt_pointer)(%ebx)
	ljmp	$CODE_16, $AT(protected_16)

	.code16
protected_16:
	/* Limits of 64 KiB stay in the registers when real mode sets the bases. */
	movw	$DATA_16, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	$CR0_ET, %eax
	movl	%eax, %cr0
real_jump:
	ljmp	$0, $AT(real)	/* the segment is filled in above */
real:
	movw	%cx, %ds
	movw	%cx, %es
	movw	%cx, %fs
	movw	%cx, %gs
	movw	%cx, %ss
	movl	$REAL_MODE_STACK, %esp

	out	PIC_MASTER, PIC_ICW1
	out	PIC_MASTER + 1, PIC_MASTER_VECTOR
	out	PIC_MASTER + 1, 1 << PIC_SLAVE_LINE
	out	PIC_MASTER + 1, PIC_ICW4_8086
	out	PIC_SLAVE, PIC_ICW1
	out	PIC_SLAVE + 1, PIC_SLAVE_VECTOR
	out	PIC_SLAVE + 1, PIC_SLAVE_LINE
	out	PIC_SLAVE + 1, PIC_ICW4_8086
	out	PIC_MASTER + 1, PIC_TIMER_AND_SLAVE_ONLY
	out	PIC_SLAVE + 1, PIC_NONE
	out	PIT_CONTROL, PIT_SQUARE_WAVE
	out	PIT_COUNTER_0, 0
	out	PIT_COUNTER_0, 0

	/* Data segments as above, interrupts off; the setup code's first byte is at CS:0. */
	addw	$REAL_MODE_SETUP_PARAGRAPHS, %cx
	pushw	%cx
	pushw	$0
	lretw

	.balign	8
gdt:
	.quad	0
code_16:
	.quad	0x00009b000000ffff	/* CODE_16: base filled in above */
	.quad	0x000093000000ffff	/* DATA_16: base 0 */
gdt_end:
gdt_pointer:
	.word	gdt_end - gdt - 1
	.long	0
bios_vectors:
	.word	0x3ff
	.long	0
	.org	real16_start + REAL_MODE_ENTRY_BYTES	/* an error of the assembler if the code is longer */

	.section .note.GNU-stack, "", @progbits
