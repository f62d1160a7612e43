/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The block of memory below 640 KiB that a kernel's setup code gets when it is entered in real mode
 * (Documentation/arch/x86/boot.rst, "Sample Boot Configuration"). It is page aligned; its address divided by 16 is
 * the segment in all of the segment registers.
 *
 *	0x0000	boot sector, setup code
 *		heap, and the stack from REAL_MODE_STACK down
 *	0xe000	command line
 *	0xee00	purgatory/real16.S, which purgatory enters in 32-bit mode with REAL_MODE's address in %ebx
 *	0xf000	end
 */
#ifndef KJ_REAL_MODE_H
#define KJ_REAL_MODE_H

#define REAL_MODE_BYTES 0xf000
#define REAL_MODE_STACK 0xe000
#define REAL_MODE_CMDLINE 0xe000
#define REAL_MODE_CMDLINE_BYTES 0xe00
#define REAL_MODE_ENTRY 0xee00
#define REAL_MODE_ENTRY_BYTES 0x200

/* Start of the setup code, after the boot sector: in paragraphs of 16 bytes. */
#define REAL_MODE_SETUP_PARAGRAPHS 0x20

#endif
