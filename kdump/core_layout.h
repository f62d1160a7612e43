/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The headers of an ELF core that is to be written: which PT_LOADs it has, in
 * order of address, and the notes. Always ELF64, whatever the source is.
 */
#ifndef KJ_CORE_LAYOUT_H
#define KJ_CORE_LAYOUT_H

#include <stdint.h>

#include "core_source.h"
#include "span.h"

struct core_piece {
	struct span memory;
	const struct elf_segment *segment; /* of the source, which shows it */
	bool is_zero;                      /* the file does not hold it: p_filesz is 0 */
};

struct core_layout {
	const struct core_source *source; /* borrowed */
	const struct elf_segment *text;   /* the source's second view of the kernel's text (x86_64), NULL */
	struct core_piece *pieces;        /* in order of address */
	size_t piece_count;
	size_t piece_capacity;
	uint8_t *notes; /* the source's, and the one that says what the zeros are */
	size_t notes_bytes;
};

/*
 * `memory`: what the file holds; `zero`, NULL or disjoint from it: pages of
 * zeros that it does not. What the source does not show is left out of both.
 */
void core_layout_init(struct core_layout *layout, const struct core_source *source, const struct span_set *memory,
		      const struct span_set *zero);
void core_layout_deinit(struct core_layout *layout);
#define AUTO_CORE_LAYOUT __attribute__((cleanup(core_layout_deinit)))

/* Where the memory begins in the file: a multiple of 4096. Pieces follow each other without gaps. */
uint64_t core_layout_data_offset(const struct core_layout *layout);

/* Bytes of the whole file. */
uint64_t core_layout_file_size(const struct core_layout *layout);

/* Everything before the memory, core_layout_data_offset bytes. Heap. */
uint8_t *core_layout_headers(const struct core_layout *layout);

#endif
