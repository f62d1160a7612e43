/* SPDX-License-Identifier: GPL-2.0-only */
#include "kdump/khimage_size.h"

#include "include/khimage_format.h"

struct error *khimage_size_limit(const struct selection *selection, uint64_t *ret_bytes)
{
	const struct core_file *core = selection->core;
	struct selection_size size;
	struct error *error = selection_measure(selection, &size);

	if (error)
		return error;

	uint64_t chunks = size.bytes / KHIMAGE_CHUNK_BYTES + 1;
	uint64_t chunk_bytes = sizeof(struct khimage_chunk) + KHIMAGE_TAG_BYTES;
	uint64_t index = chunks * chunk_bytes + size.piece_count * sizeof(struct khimage_run);

	/* Groups are not completely full, and padded. */
	*ret_bytes = KHIMAGE_HEAD_OFFSET + core->notes_size + core->elf.segment_count * sizeof(struct khimage_view) +
		     size.bytes + 2 * index + 3 * KHIMAGE_INDEX_BYTES;
	return NULL;
}
