/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that an ELF core lists without their content (p_filesz < p_memsz):
 * writers of cores leave out pages of zeros in this way (kdump, makedumpfile
 * -d 1), or free pages (makedumpfile -d 16), or both.
 */
#ifndef KJ_ABSENT_PAGES_H
#define KJ_ABSENT_PAGES_H

#include "lib/base/error.h"
#include "lib/core/core_file.h"
#include "lib/core/hole_set.h"
#include "lib/core/jump_note.h"

/*
 * Adds those of them (core_segment_absent) that were not zeros to *ret_free, which
 * is empty: free pages that have to be poisoned (note->fixed.free_pages). Error:
 * the core does not distinguish them (it has no KJUMP_IMAGE_ZEROS), and its
 * kernel's list of pages cannot be read.
 */
struct error *absent_pages_not_zero(const struct core_file *core, const struct jump_note *note,
				    struct hole_set *ret_free);

#endif
