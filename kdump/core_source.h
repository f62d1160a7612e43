/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that a core file shows, read by physical address in large
 * pieces. What the kernel makes up (/proc/vmcore, /dev/mem) is mapped, because
 * reading it goes page by page; anything else is read.
 */
#ifndef KJ_CORE_SOURCE_H
#define KJ_CORE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core_file.h"
#include "error.h"
#include "span.h"

struct core_source {
	const struct core_file *core;        /* borrowed */
	const struct elf_segment **segments; /* the direct map's PT_LOADs in order of address; owned */
	size_t segment_count;
	bool is_mapped;
	uint8_t *buffer; /* what was read or mapped last */
	size_t buffer_bytes;
};

void core_source_init(struct core_source *source, const struct core_file *core);
void core_source_deinit(struct core_source *source);
#define AUTO_CORE_SOURCE __attribute__((cleanup(core_source_deinit)))

/* All memory that the source holds, by physical address, in whole pages. Adds to *ret_memory. */
void core_source_memory(const struct core_source *source, struct span_set *ret_memory);

/* The PT_LOAD that shows the beginning of *memory, which is cut to it; NULL if none does. It may lack the content. */
const struct elf_segment *core_source_segment(const struct core_source *source, struct span *memory);

/*
 * Reads from the beginning of *memory on, which is cut to what was read (a
 * megabyte or more, if there is as much). *ret_data is valid until the next call.
 * What a file shows and does not hold (absent_pages.h) reads as zeros.
 */
struct error *core_source_read(struct core_source *source, struct span *memory, const uint8_t **ret_data);

#endif
