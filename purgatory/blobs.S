/* SPDX-License-Identifier: GPL-2.0-only */
/* The flat binaries as data of the loader; declared in blobs.h. */
#include "include/real_mode.h"
#include "purgatory/layout.h"

/* With -fcf-protection: the note without which the linker would take the protection off the whole program. */
#ifdef __CET__
#include <cet.h>
#endif

#ifdef __x86_64__
#define WORD .quad
#define WORD_BYTES 8
#else
#define WORD .long
#define WORD_BYTES 4
#endif

.macro blob name, file, memory_size
	.section .rodata
	.balign	16
0:	.incbin	"\file"
1:
	/* struct blob: holds an address, so it is read-only only after relocation. */
	.section .data.rel.ro, "aw"
	.balign	WORD_BYTES
	.globl	\name
	.type	\name, @object
\name:
	WORD	0b
	WORD	1b - 0b
	WORD	\memory_size
	.size	\name, . - \name
.endm

	blob	purgatory64_blob, "purgatory/purgatory64.bin", PURGATORY_SIZE_BYTES
	blob	purgatory32_blob, "purgatory/purgatory32.bin", PURGATORY_SIZE_BYTES
	blob	gate64_blob, "purgatory/gate64.bin", GATE_SIZE_BYTES
	blob	gate32_blob, "purgatory/gate32.bin", GATE_SIZE_BYTES

	blob	place64_blob, "purgatory/place64.bin", PLACE_SIZE_BYTES
	blob	place32_blob, "purgatory/place32.bin", PLACE_SIZE_BYTES

	blob	real16_blob, "purgatory/real16.bin", REAL_MODE_ENTRY_BYTES

	.section .note.GNU-stack, "", @progbits
