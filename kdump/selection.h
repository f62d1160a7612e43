/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of a kernel's memory is saved: all that a core shows, without what is
 * left out. It is told piece by piece, in order of address, as often as it is
 * wanted: the pieces of memory in small pieces would not fit into memory.
 */
#ifndef KJ_SELECTION_H
#define KJ_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "kdump/core_source.h"
#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/hole_set.h"

struct core_piece {
	struct span memory;
	struct elf_segment segment; /* which shows it */
	bool is_zero;               /* nothing but zeros, known before it is read */
};

typedef struct error *piece_function(void *context, const struct core_piece *piece);

/* `data` is what `memory` contains. */
typedef struct error *content_function(void *context, struct span memory, const uint8_t *data);

struct selection {
	const struct core_file *core; /* borrowed */
	struct hole_set not_zero;     /* what the core leaves out although it was no zeros */
	struct hole_set free;         /* left out */
	struct hole_set zero;         /* told as zeros */
};

struct selection_size {
	uint64_t bytes; /* of what is not told as zeros */
	uint64_t piece_count;
};

/* All the core holds, and what it leaves out because it contained zeros. */
struct error *selection_init(struct selection *selection, const struct core_file *core);
void selection_deinit(struct selection *selection);
#define AUTO_SELECTION __attribute__((cleanup(selection_deinit)))

/* Leaves out what its kernel has free, in pieces of at least so many bytes. After an error nothing is left out. */
struct error *selection_leave_out_free(struct selection *selection, uint64_t least_bytes);

/* Reads all of it to find pages of zeros; where they are many in a row, they are told as zeros from now on. */
struct error *selection_find_zeros(struct selection *selection, struct core_source *source);

struct error *selection_measure(const struct selection *selection, struct selection_size *ret_size);

/* Calls `act` with each piece, until it returns an error. */
struct error *selection_each(const struct selection *selection, piece_function *act, void *context);

/* Reads each piece that is not told as zeros, and calls `act` with a part of it after the other. */
struct error *selection_read(const struct selection *selection, struct core_source *source, content_function *act,
			     void *context);

#endif
