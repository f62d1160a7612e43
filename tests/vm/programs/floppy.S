/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two sectors of a floppy disk. The BIOS, or memdisk in its place, loads the first one to 0x7c00 and enters it there
 * in real mode; that reads the second one by the BIOS, prints it on the serial port and resets the machine.
 */
#define SECTOR 512
#define ORIGIN 0x7c00

#define SERIAL_PORT 0x3f8
#define SERIAL_LINE_STATUS (SERIAL_PORT + 5)
#define SERIAL_TRANSMITTER_EMPTY 0x20

	.text
	.code16
	.globl	_start
/* %dl: the drive; linked to ORIGIN, entered as 0:ORIGIN. */
_start:
	cli
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$ORIGIN, %sp
	sti
	/* INT 13h, function 2: one sector of cylinder 0, head 0, sector 2, to %es:%bx */
	movw	$0x0201, %ax
	movw	$0x0002, %cx
	xorb	%dh, %dh
	movw	$second, %bx
	int	$0x13
	movw	$second, %si
	jnc	next
	movw	$unread, %si

/* %si: what is left to print */
next:
	lodsb
	testb	%al, %al
	jz	reset
	movb	%al, %ah
	movw	$SERIAL_LINE_STATUS, %dx
wait:
	inb	%dx, %al
	testb	$SERIAL_TRANSMITTER_EMPTY, %al
	jz	wait
	movw	$SERIAL_PORT, %dx
	movb	%ah, %al
	outb	%al, %dx
	jmp	next

/* The keyboard controller resets the machine. */
reset:
	movb	$0xfe, %al
	outb	%al, $0x64
	hlt
	jmp	reset

unread:
	.asciz	"\r\nKJ not ok - the BIOS reads the floppy disk\r\n"

	.org	_start + SECTOR - 2
	.word	0xaa55
second:
	.asciz	"\r\nKJ ok - the floppy disk's second sector is read\r\nKJ off floppy\r\n"
	.org	_start + 2 * SECTOR

	.section .note.GNU-stack, "", @progbits
