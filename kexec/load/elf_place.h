/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KJ_ELF_PLACE_H
#define KJ_ELF_PLACE_H

#include "kexec/format/image.h"
#include "kexec/plan/plan.h"

/* Refuses an ELF file that is to be loaded to addresses which are none: before anybody calculates with them. */
struct error *elf_check_places(const struct elf_file *elf);

/*
 * Places and fills the PT_LOADs of an ELF image, whose places were checked, at their physical addresses.
 * Borrows from the image where a segment begins on a page of its own, copies
 * where several share a page. Errors: memory that is not free, segments that
 * overlap, nothing to load, too much to copy for a 32-bit program.
 */
struct error *elf_place(struct plan *plan, const char *where, const struct image *image);

#endif
