/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the content of a core file's memory in large pieces. Files that the
 * kernel generates (/proc/vmcore, /dev/mem) are mapped, because read(2) of them
 * works page by page; other files are read.
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
	uint8_t *buffer; /* the data read or mapped last */
	size_t buffer_bytes;
};

void core_source_init(struct core_source *source, const struct core_file *core);
void core_source_deinit(struct core_source *source);
#define AUTO_CORE_SOURCE __attribute__((cleanup(core_source_deinit)))

/*
 * Reads from the beginning of *memory, a part of `segment`, and cuts *memory to
 * the part that was read (a megabyte or more, if available). *ret_data is valid
 * until the next call. Memory without data in a file (absent_pages.h) reads as
 * zeros.
 */
struct error *core_source_read(struct core_source *source, const struct elf_segment *segment, struct span *memory,
			       const uint8_t **ret_data);

#endif
