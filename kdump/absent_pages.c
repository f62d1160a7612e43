/* SPDX-License-Identifier: GPL-2.0-only */
#include "absent_pages.h"

#include <elf.h>

#include "free_pages.h"

/* kdump says in a note that all it leaves out so contained zeros. */
static bool says_zeros(const struct core_file *core)
{
	struct bytes desc;

	return core_file_note(core, KJUMP_NOTE_NAME, KJUMP_IMAGE_NOTE_TYPE, &desc) &&
	       bytes_u32(desc, offsetof(struct kjump_image_note, flags)) & KJUMP_IMAGE_ZEROS;
}

static void find_absent(const struct core_file *core, struct span_set *ret_absent)
{
	for (size_t i = 0; i < core->elf.segment_count; i++) {
		const struct elf_segment *segment = &core->elf.segments[i];
		struct span shown = span_of(segment->paddr, segment->memory_size);
		struct span held = span_of(segment->paddr, segment->file_size);

		if (core_segment_is_direct(core, segment))
			span_set_add(ret_absent, span_pages_inward((struct span){ held.end, shown.end }));
	}
}

struct error *absent_pages_zeros(const struct core_file *core, const struct jump_note *note,
				 struct span_set *ret_zeros)
{
	AUTO_SPAN_SET struct span_set absent = { 0 }, free = { 0 };
	struct error *error = NULL;

	find_absent(core, &absent);
	if (absent.count && note->fixed.free_pages == KJUMP_FREE_POISON && !says_zeros(core))
		error = free_pages_find(core, core->elf.machine == EM_X86_64 ? &arch_x86_64 : &arch_i386, &free);
	if (error)
		return error_prefix(error, "%s does not say whether the pages it leaves out were zero or free, and free "
					   "ones have to be filled with poison (page_poison=1); save it with kdump",
				    core->path);
	span_set_remove_set(&absent, &free);
	span_set_add_set(ret_zeros, &absent);
	return NULL;
}
