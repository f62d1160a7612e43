/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A number for each page frame of a machine's memory, 0 at first. There are none for the holes between, which may be
 * terabytes, and numbers that are not set take no memory.
 */
#ifndef KJ_FRAME_TABLE_H
#define KJ_FRAME_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/span.h"

struct frame_table {
	struct span_set memory; /* whole pages */
	uint64_t *first;        /* of each span: how many frames those before have */
	uint32_t *numbers;
	uint64_t count;
};

/* For all pages that either set touches. */
void frame_table_init(struct frame_table *table, const struct span_set *one, const struct span_set *other);
void frame_table_deinit(struct frame_table *table);

/* The frame's number, and how many numbers follow it that are of the frames behind, itself included; NULL: a hole. */
uint32_t *frame_table_find(const struct frame_table *table, uint64_t frame, uint64_t *ret_run);

/* The first frame from this one on that is in memory; UINT64_MAX if there is none. */
uint64_t frame_table_next(const struct frame_table *table, uint64_t frame);

/* The memory that the table would take yet if all were set. */
uint64_t frame_table_unused_bytes(const struct frame_table *table);

/* Zeros, of which those take memory that are written to; heap. */
uint32_t *sparse_numbers(size_t count);

#endif
