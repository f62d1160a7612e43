/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KJ_ELF_PLACE_H
#define KJ_ELF_PLACE_H

#include "image.h"
#include "plan.h"

/*
 * Places and fills the PT_LOADs of an ELF image at their physical addresses.
 * Borrows from the image where a segment begins on a page of its own, copies
 * where several share a page. Errors: memory that is not free, segments that
 * overlap, nothing to load.
 */
struct error *elf_place(struct plan *plan, const char *where, const struct image *image);

#endif
