/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of the blobs' memory, for their linker script and assembly, and
 * for the loader, which uses the sizes (through blobs.h).
 *
 *	purgatory			gate
 *	0x0000	entry			0x0000	entries
 *	0x0100	parameters		0x0040	parameters
 *		code, data			code, data
 *	0x4000	spare page table (64 bit)
 *	0x5000	stack			0x1000	stack
 *					0x2000	pool for page tables (64 bit)
 *	0x6000	end			0xc000	end
 *
 * The placing program is made like purgatory: stack at its end, the spare page table below it.
 */
#ifndef KJ_LAYOUT_H
#define KJ_LAYOUT_H

#include "include/gate_param.h"
#include "include/place_param.h"
#include "include/purgatory_param.h"

#define PURGATORY_SPARE_TABLE_OFFSET 0x4000
#define PURGATORY_STACK_OFFSET 0x5000

#define PLACE_SPARE_TABLE_OFFSET 0x3000

/* Words above a re-entry at the end of the stack: a kernel may pop more than that one. A multiple of 16. */
#define PLACE_STACK_SPARE_BYTES 64

/* The entered kernel pushes on the stack it is entered with: it gets most of a page. */
#define GATE_STACK_OFFSET 0x1000
#define GATE_POOL_OFFSET 0x2000

/* Five levels of page tables; Intel SDM vol. 3, 2.5 */
#define CR4_LA57_BIT 12
#define CR4_LA57 (1 << CR4_LA57_BIT)

/* In the blobs' own GDTs, as the Linux boot protocol requires (Documentation/x86/boot.rst). */
#define BOOT_CS 0x10
#define BOOT_DS 0x18

/* GDTR limits of a Linux kernel: 16 and 32 descriptors (GDT_ENTRIES in arch/x86/include/asm/segment.h). */
#define KERNEL_GDT_LIMIT_64 0x7f
#define KERNEL_GDT_LIMIT_32 0xff

#endif
