/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/absent_pages.h"

#include <elf.h>

#include "lib/core/free_pages.h"

/* kdump records in a note that all pages it left out contained zeros. */
static bool has_zeros_flag(const struct core_file *core)
{
	struct bytes desc;

	return core_file_note(core, KJUMP_NOTE_NAME, KJUMP_IMAGE_NOTE_TYPE, &desc) &&
	       bytes_u32(desc, offsetof(struct kjump_image_note, flags)) & KJUMP_IMAGE_ZEROS;
}

struct error *absent_pages_not_zero(const struct core_file *core, const struct jump_note *note,
				    struct hole_set *ret_free)
{
	if (!core->survey.has_absent || note->fixed.free_pages != KJUMP_FREE_POISON || has_zeros_flag(core))
		return NULL;
	return error_prefix(free_pages_find(core, arch_by_elf_machine(core->elf.machine), ret_free),
			    "%s does not record whether the pages it leaves out were zero or free, and free ones have to be "
			    "filled with poison (page_poison=1); save it with kdump",
			    core->path);
}
