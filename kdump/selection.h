/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of a kernel's memory that is saved: all memory of a core, without the
 * pages that are left out. It is enumerated piece by piece, in order of address,
 * any number of times: a list of very many pieces would not fit into memory.
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
	struct elf_segment segment; /* the PT_LOAD that contains it */
	bool is_zero;               /* contains only zeros; known without reading it */
};

typedef struct error *piece_function(void *context, const struct core_piece *piece);

/* `data` is the content of `memory`. */
typedef struct error *content_function(void *context, struct span memory, const uint8_t *data);

struct selection {
	const struct core_file *core; /* borrowed */
	struct hole_set not_zero;     /* memory without data in the core that was not zeros */
	struct hole_set free;         /* left out */
	struct hole_set zero;         /* passed on as zeros */
};

struct selection_size {
	uint64_t bytes; /* without pieces of zeros */
	uint64_t piece_count;
};

/* Selects the core's memory with data, and the memory without data that contained zeros. */
struct error *selection_init(struct selection *selection, const struct core_file *core);
void selection_deinit(struct selection *selection);
#define AUTO_SELECTION __attribute__((cleanup(selection_deinit)))

/* Leaves out the kernel's free memory, in pieces of at least so many bytes. After an error nothing is left out. */
struct error *selection_leave_out_free(struct selection *selection, uint64_t least_bytes);

/* Reads the selection to find pages of zeros; enough of them in a row are pieces of zeros afterwards. */
struct error *selection_find_zeros(struct selection *selection, struct core_source *source);

struct error *selection_measure(const struct selection *selection, struct selection_size *ret_size);

/* Calls `act` with each piece until it returns an error. */
struct error *selection_each(const struct selection *selection, piece_function *act, void *context);

/* Reads each piece that is not zeros, and calls `act` with one part of it after the other. */
struct error *selection_read(const struct selection *selection, struct core_source *source, content_function *act,
			     void *context);

#endif
