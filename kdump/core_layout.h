/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The headers of the ELF core to write: a PT_LOAD for each piece of memory, in
 * order of address, and the notes. Always ELF64, for any source.
 */
#ifndef KJ_CORE_LAYOUT_H
#define KJ_CORE_LAYOUT_H

#include <stdint.h>

#include "kdump/out_stream.h"
#include "kdump/selection.h"

/*
 * Enumerates the pieces: `each` calls `act` with one after the other, and with the same ones at each call.
 * Pieces of zeros get no place in the file.
 */
struct core_pieces {
	struct error *(*each)(const void *of, piece_function *act, void *context);
	const void *of; /* borrowed */
};

struct core_layout {
	const struct core_file *core; /* the source's notes, and its second view of the kernel's text; borrowed */
	struct core_pieces pieces;
	size_t phdr_count;
	uint64_t data_bytes; /* of all pieces with data in the file */
	bool has_zeros;
	uint8_t *notes; /* the source's, and one that marks pieces without data as zeros */
	size_t notes_bytes;
};

/* Counts the pieces. Errors: those of pieces.each. */
struct error *core_layout_init(struct core_layout *layout, const struct core_file *core, struct core_pieces pieces);
void core_layout_deinit(struct core_layout *layout);
#define AUTO_CORE_LAYOUT __attribute__((cleanup(core_layout_deinit)))

/* The file offset at which memory begins: a multiple of 4096. Pieces follow each other without gaps. */
uint64_t core_layout_data_offset(const struct core_layout *layout);

/* Bytes of the whole file. */
uint64_t core_layout_file_size(const struct core_layout *layout);

/* Writes everything before the memory. Errors: writing; the pieces are not those that were counted. */
struct error *core_layout_write(const struct core_layout *layout, struct out_stream *stream);

#endif
