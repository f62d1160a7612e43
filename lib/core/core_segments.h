/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The segments of a core, one after the other. Of a core that has many of them
 * (memory in small pieces) they stay in the file, and are read a page at a
 * time: what is in memory does not grow with their number.
 */
#ifndef KJ_CORE_SEGMENTS_H
#define KJ_CORE_SEGMENTS_H

#include "lib/base/error.h"
#include "lib/core/core_segment.h"

/* Where somebody is among the segments. Zero-initialise but for `core`. */
struct core_segments {
	const struct core_file *core; /* borrowed */
	size_t next;                  /* counts what was told */
	size_t window_first, window_count;
	uint8_t window[4096]; /* these, as they are in the file */
};

/* The next one in the file's order, unused ones (PT_NULL) left out; of type PT_NULL behind the last. */
struct error *core_segments_next(struct core_segments *at, struct elf_segment *ret_segment);

/* The same, but those may be left out that do not show `address`, be it a physical or a linear one. */
struct error *core_segments_next_near(struct core_segments *at, uint64_t address, struct elf_segment *ret_segment);

/* The next one of the direct map (core_segment_is_direct) in order of address; of type PT_NULL behind the last. */
struct error *core_segments_next_by_address(struct core_segments *at, struct elf_segment *ret_segment);

/*
 * Looks at all segments once, for who opens a core: core->table and
 * core->elf.segment_count say where they are. Keeps those of a core that has
 * few, and notes what core->survey says. Errors: one is damaged; reading.
 */
struct error *core_segments_survey(struct core_file *core);

#endif
