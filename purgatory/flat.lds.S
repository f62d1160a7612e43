/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A position-independent flat binary: entry code at 0, parameters at their
 * fixed offset, code and data. Stack and scratch memory follow it (layout.h).
 * Preprocessed once per blob, with BLOB_purgatory, BLOB_gate or BLOB_place defined.
 */
#include "purgatory/layout.h"

#ifdef BLOB_purgatory
#define PARAM_OFFSET PURGATORY_PARAM_OFFSET
#define CODE_END PURGATORY_SPARE_TABLE_OFFSET
#elif defined(BLOB_place)
#define PARAM_OFFSET PLACE_PARAM_OFFSET
#define CODE_END PLACE_SPARE_TABLE_OFFSET
#else
#define PARAM_OFFSET GATE_PARAM_OFFSET
#define CODE_END GATE_STACK_OFFSET
#endif

ENTRY(blob_start)

/* Not "RWX", for which the linker warns; this file is never mapped. */
PHDRS { memory PT_LOAD FLAGS(6); }

SECTIONS
{
	.blob 0 : {
		blob_start = .;
		*(.entry)
		. = PARAM_OFFSET;	/* an error of the linker if the entry code is longer */
		*(.param)
		*(.text .text.*)
		*(.rodata .rodata.*)
		*(.data .data.*)
		. = ALIGN(16);
	} :memory
	/* i386 code finds its data relative to this; the words themselves are for a dynamic linker. */
	.got.plt : { *(.got.plt) }
	blob_size = .;
	.bss (NOLOAD) : {
		*(.bss .bss.* COMMON)
	}
	/* These must be empty: there is no dynamic linker. */
	.got : { *(.got .igot .igot.plt) }
	.plt : { *(.plt .plt.* .iplt) }
	.rel.dyn : { *(.rel.*) }
	.rela.dyn : { *(.rela.*) }

	/DISCARD/ : {
		*(.comment .sframe .note .note.* .eh_frame .interp)
		*(.dynamic .dynsym .dynstr .dynbss .hash .gnu.hash .gnu.version*)
	}
}

ASSERT(SIZEOF(.got) == 0, "the blob uses a global offset table")
ASSERT(SIZEOF(.got.plt) == 0 || SIZEOF(.got.plt) == 0x18 || SIZEOF(.got.plt) == 0xc,
	"the blob uses a procedure linkage table")
ASSERT(SIZEOF(.plt) == 0, "the blob calls through a procedure linkage table")
ASSERT(SIZEOF(.rel.dyn) == 0 && SIZEOF(.rela.dyn) == 0, "the blob has absolute addresses")
ASSERT(blob_param == PARAM_OFFSET, "the parameters are not at their offset")
ASSERT(SIZEOF(.bss) == 0, "the blob has zeroed data (.bss), which nothing sets to 0")
ASSERT(blob_size <= CODE_END, "the blob reaches into its stack or tables (layout.h)")
