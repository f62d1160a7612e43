/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides the address of each page of a snapshot while the restoring kernel runs: its final place, if this process has
 * that memory; else a spare page, from which the placing program (include/place_param.h) copies it after that kernel
 * ended. The running kernel's memory stays unchanged.
 */
#ifndef KJ_PLACEMENT_H
#define KJ_PLACEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "include/place_param.h"
#include "kexec/place/frame_table.h"
#include "kexec/place/owner_page.h"
#include "kexec/place/page_pool.h"
#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/jump_note.h"

/* Of a pool. */
#define PLACEMENT_PAGES_MAX ((UINT32_C(1) << 30) - 1)

struct placement {
	const struct jump_note *note; /* borrowed */
	struct page_pool pool;
	int aside;          /* 0, or 1 + the descriptor of a file whose memory is not to be used */
	struct frame_table pages; /* what the snapshot has there, and the page of the pool for it */
	uint64_t ram_pages; /* of this machine */
	uint64_t reach_end; /* the end of memory that the placing program can address; spare pages lie below */
	uint64_t data_pages;
	/*
	 * Set it before pages are assigned if there is time between that and the jump, or the kernel may move pages: pages that lie in their place are
	 * copied onto themselves, so that the program compares them, too; all other content is filled in by the program.
	 */
	bool compares_all;
	struct owner_page owner; /* taken before the plan; none where no process waits for the jump */
	/* Made by placement_assign: */
	struct place_copy *copies;
	size_t copy_count, copy_capacity;
	struct place_fill *fills;
	size_t fill_count, fill_capacity;
};

/*
 * Allocates the tables for all memory of `note` and of this machine (`ram`); takes no pages yet. The placing program
 * can address memory below `address_end`.
 */
void placement_init(struct placement *placement, const struct jump_note *note, const struct span_set *ram,
		    uint64_t address_end);
void placement_deinit(struct placement *placement);
#define AUTO_PLACEMENT __attribute__((cleanup(placement_deinit)))

/* Adds whole pages of the note's memory, with data in the snapshot or (`is_zero`) with zeros; in any order. */
void placement_want(struct placement *placement, struct span memory, bool is_zero);

/*
 * Takes as much memory as the snapshot has, and a little more. Errors: as page_pool_grow; memory that the program
 * cannot address; the snapshot needs more than is available, with the numbers.
 */
struct error *placement_take(struct placement *placement);

/* Gives back what was taken so that the kernel gave away other memory. */
void placement_give_back(struct placement *placement);

/* Whether the snapshot has data for this page frame, which may be any. */
bool placement_wants(const struct placement *placement, uint64_t frame);

/* Takes `page_count` more; *ret_more is whether there were any. */
struct error *placement_take_more(struct placement *placement, uint64_t page_count, bool *ret_more);

/* The part of both that enters the pool's pages into the tables, from page `first` of the pool on. */
struct error *placement_account(struct placement *placement, size_t first);

/* How many pages lack for placement_assign, before it is called. */
uint64_t placement_lacking(const struct placement *placement, const struct span_set *taken);

/* An upper bound of copies and fills, after memory is taken and before it is assigned. */
uint64_t placement_piece_limit(const struct placement *placement);

/*
 * Assigns a page of the pool to every page of the snapshot, and lists the copies and fills. Pages in `taken`, to which
 * kexec_load's segments are loaded, are not used. Error: too few spare pages, with the numbers.
 */
struct error *placement_assign(struct placement *placement, const struct span_set *taken);

/* The place to write the content of physical `address` to, and its size; NULL if the page is not in the snapshot. */
uint8_t *placement_at(const struct placement *placement, uint64_t address, uint64_t *ret_room_bytes);

/* The size of all copies. */
uint64_t placement_copy_bytes(const struct placement *placement);

/* XXH64 of all copies' sources, in order: all content must have been written. */
uint64_t placement_digest(const struct placement *placement);

#endif
