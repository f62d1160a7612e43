/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where each page of a snapshot goes while the restoring kernel runs: straight to its place, if this process has the
 * memory there; else to a spare page, from which the placing program (include/place_param.h) copies it when that
 * kernel is gone. Nothing of the running kernel is touched.
 */
#ifndef KJ_PLACEMENT_H
#define KJ_PLACEMENT_H

#include <stdint.h>

#include "hibernate/page_pool.h"
#include "include/place_param.h"
#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/jump_note.h"

/* Bits by page frame number. */
struct frame_bits {
	uint64_t *words;
	uint64_t count;
};

struct placement {
	const struct jump_note *note; /* borrowed */
	struct page_pool pool;
	uint32_t *pages;         /* by page frame number: 1 + the page of the pool that stands for it; 0: none */
	struct frame_bits data;  /* pages that the snapshot holds */
	struct frame_bits zeros; /* pages that it knows to contain zeros */
	uint64_t frame_end;      /* all frame numbers are below */
	uint64_t reach_end;      /* spare pages must lie below: what the placing program can address */
	uint64_t data_pages;
	/* Made by placement_assign: */
	struct place_copy *copies;
	size_t copy_count, copy_capacity;
	struct place_fill *fills;
	size_t fill_count, fill_capacity;
};

/*
 * Room for the account of all memory of `note` and of this machine (`ram`); no memory is taken yet. The placing
 * program can address what is below `address_end`.
 */
void placement_init(struct placement *placement, const struct jump_note *note, const struct span_set *ram,
		    uint64_t address_end);
void placement_deinit(struct placement *placement);
#define AUTO_PLACEMENT __attribute__((cleanup(placement_deinit)))

/* Whole pages of the note's memory that the snapshot holds, or (`is_zero`) knows to contain zeros; any order. */
void placement_want(struct placement *placement, struct span memory, bool is_zero);

/* Takes the machine's memory. Errors: as page_pool_take; memory that the program cannot address; the snapshot needs more than there is, with the numbers. */
struct error *placement_take(struct placement *placement);

/* The part of it that enters the pool into the account. */
struct error *placement_account(struct placement *placement);

/* An upper bound of copies and fills, once memory is taken and before it is assigned. */
uint64_t placement_piece_limit(const struct placement *placement);

/*
 * Gives every wanted page its page of the pool, and lists what is to be copied and filled. What the next kernel's
 * segments are loaded to, `taken`, cannot keep anything. Error: too few spare pages, with the numbers.
 */
struct error *placement_assign(struct placement *placement, const struct span_set *taken);

/* Where the content of physical `address` is to be written now, and for how many bytes on; NULL if it is not wanted. */
uint8_t *placement_at(const struct placement *placement, uint64_t address, uint64_t *ret_room_bytes);

/* XXH64 of what is to be copied, in order: all content must have been written. */
uint64_t placement_digest(const struct placement *placement);

#endif
