/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ELF core headers and notes that a loader leaves in memory for the next
 * kernel, which finds them by elfcorehdr= and makes /proc/vmcore of them
 * (fs/proc/vmcore.c).
 */
#ifndef KJ_VMCORE_HEADERS_H
#define KJ_VMCORE_HEADERS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/machine/kernel_map.h"

struct vmcore_note {
	const char *name;
	uint32_t type;
	const void *desc;
	size_t size; /* of desc, bytes */
};

struct vmcore_headers {
	bool is_64;                    /* class of the ELF headers */
	const struct kernel_map *map;  /* for the linear addresses */
	const struct span_set *memory; /* what /proc/vmcore shows: whole pages */
	const struct span *kept_notes; /* places of notes that the running kernel fills in when it crashes */
	size_t kept_note_count;
	const struct vmcore_note *notes; /* notes that are copied behind the headers */
	size_t note_count;
};

/* An upper bound of the bytes that vmcore_headers_build makes for at most `span_count` spans. */
uint64_t vmcore_headers_size_limit(const struct vmcore_headers *headers, size_t span_count);

/*
 * Builds headers and notes for the physical address `start`. *ret_desc_offsets
 * (note_count of them) has the offset of each note's desc in *ret_data. Errors:
 * memory above 4 GiB in 32-bit headers; more than 65533 ranges and kept
 * notes, which the kernel's reader refuses. Takes time in proportion to
 * the number of ranges.
 */
struct error *vmcore_headers_build(const struct vmcore_headers *headers, uint64_t start, uint8_t **ret_data,
				   size_t *ret_size, size_t *ret_desc_offsets);

#endif
