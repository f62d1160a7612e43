/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the memory that a core file shows contains, read in large pieces. What
 * the kernel makes up (/proc/vmcore, /dev/mem) is mapped, because reading it
 * goes page by page; anything else is read.
 */
#ifndef KJ_CORE_SOURCE_H
#define KJ_CORE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/core_file.h"

struct core_source {
	const struct core_file *core; /* borrowed */
	bool is_mapped;
	uint8_t *buffer; /* what was read or mapped last */
	size_t buffer_bytes;
};

void core_source_init(struct core_source *source, const struct core_file *core);
void core_source_deinit(struct core_source *source);
#define AUTO_CORE_SOURCE __attribute__((cleanup(core_source_deinit)))

/*
 * Reads from the beginning of *memory on, which is cut to what was read (a
 * megabyte or more, if there is as much); `segment` shows it. *ret_data is
 * valid until the next call. What a file shows and does not hold
 * (absent_pages.h) reads as zeros.
 */
struct error *core_source_read(struct core_source *source, const struct elf_segment *segment, struct span *memory,
			       const uint8_t **ret_data);

#endif
