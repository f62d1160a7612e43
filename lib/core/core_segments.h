/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Iterates over the segments of a core. Those of a core with many segments
 * (memory in small pieces) stay in the file and are read a page at a time, so
 * the headers' share of memory stays small.
 */
#ifndef KJ_CORE_SEGMENTS_H
#define KJ_CORE_SEGMENTS_H

#include "lib/base/error.h"
#include "lib/core/core_segment.h"

/* The position of an iteration. Zero-initialise but for `core`. */
struct core_segments {
	const struct core_file *core; /* borrowed */
	size_t next;                  /* number of segments already passed */
	size_t window_first, window_count;
	uint8_t window[4096]; /* their raw entries */
};

/* The next segment in the file's order, without unused ones (PT_NULL); of type PT_NULL after the last. */
struct error *core_segments_next(struct core_segments *at, struct elf_segment *ret_segment);

/* The same, but may skip segments that do not contain `address`, physical or linear. */
struct error *core_segments_next_near(struct core_segments *at, uint64_t address, struct elf_segment *ret_segment);

/* The next segment of the direct map (core_segment_is_direct) in order of address; of type PT_NULL after the last. */
struct error *core_segments_next_by_address(struct core_segments *at, struct elf_segment *ret_segment);

/*
 * Reads all segments once when a core is opened: core->table and
 * core->elf.segment_count locate them. Keeps those of a core with few, and
 * fills core->survey. Errors: a damaged segment; a failed read.
 */
struct error *core_segments_survey(struct core_file *core);

#endif
