/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts a saved kernel's memory back: all of the image's pages, and what free
 * pages that were not saved must contain.
 */
#ifndef KJ_RESTORE_H
#define KJ_RESTORE_H

#include <stdint.h>

#include "core_file.h"
#include "error.h"
#include "jump_note.h"
#include "physical_memory.h"
#include "span.h"

/* A piece of the image: physical memory and where its content lies in the file. */
struct restore_piece {
	struct span memory;
	uint64_t file_offset;
};

struct restore {
	const struct core_file *image; /* borrowed */
	const struct jump_note *note;  /* borrowed */
	struct restore_piece *pieces;  /* in order of address, disjoint */
	size_t piece_count;
	size_t piece_capacity;
	struct span_set saved;         /* what the pieces cover */
	struct span_set missing;       /* memory of the note that the image does not hold: free pages */
	uint64_t *digests;             /* of what was written to each window, in order */
	size_t digest_capacity;
};

/*
 * Lists what is to be written. Errors: pieces that are no whole pages or
 * overlap, memory that is no memory of the kernel the note speaks of.
 */
struct error *restore_init(struct restore *restore, const struct core_file *image, const struct jump_note *note);
void restore_deinit(struct restore *restore);
#define AUTO_RESTORE __attribute__((cleanup(restore_deinit)))

/* Error if any of it is memory that the running kernel uses (`in_use`). */
struct error *restore_check_free(const struct restore *restore, const struct span_set *in_use);

/*
 * Writes everything, through windows, in one pass over the image. What the
 * image does not hold is filled where its kernel counts on its content.
 */
struct error *restore_write(struct restore *restore, const struct physical_memory *memory);

/* Compares memory with what was written; an error if anything changed since. */
struct error *restore_verify(struct restore *restore, const struct physical_memory *memory);

#endif
