/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The headers of an ELF core that is to be written: a PT_LOAD for each piece
 * of memory, in order of address, and the notes. Always ELF64, whatever the
 * source is.
 */
#ifndef KJ_CORE_LAYOUT_H
#define KJ_CORE_LAYOUT_H

#include <stdint.h>

#include "kdump/out_stream.h"
#include "kdump/selection.h"

/*
 * Who tells the pieces: `each` calls `act` with one after the other, and does so
 * again, with the same, whenever it is called. The file will not hold those that are zeros.
 */
struct core_pieces {
	struct error *(*each)(const void *of, piece_function *act, void *context);
	const void *of; /* borrowed */
};

struct core_layout {
	const struct core_file *core; /* the source's notes, and its second view of the kernel's text; borrowed */
	struct core_pieces pieces;
	size_t phdr_count;
	uint64_t data_bytes; /* of all pieces that the file holds */
	bool has_zeros;
	uint8_t *notes; /* the source's, and the one that says what the zeros are */
	size_t notes_bytes;
};

/* Counts the pieces. The error is that of who tells them. */
struct error *core_layout_init(struct core_layout *layout, const struct core_file *core, struct core_pieces pieces);
void core_layout_deinit(struct core_layout *layout);
#define AUTO_CORE_LAYOUT __attribute__((cleanup(core_layout_deinit)))

/* Where the memory begins in the file: a multiple of 4096. Pieces follow each other without gaps. */
uint64_t core_layout_data_offset(const struct core_layout *layout);

/* Bytes of the whole file. */
uint64_t core_layout_file_size(const struct core_layout *layout);

/* Writes everything before the memory. Error: also if it is not told the pieces that were counted. */
struct error *core_layout_write(const struct core_layout *layout, struct out_stream *stream);

#endif
