/* SPDX-License-Identifier: GPL-2.0-only */
/* The segments of an ELF file as segments of a plan. */
#ifndef KJ_ELF_PLACE_H
#define KJ_ELF_PLACE_H

#include "kexec/format/boot_image.h"
#include "kexec/plan/plan.h"

/* Whether a segment takes memory. */
bool elf_is_loaded(const struct elf_segment *segment);

/* From the lowest to the highest byte that is loaded; elf_check_places has checked the addresses. */
struct span elf_extent(const struct elf_file *elf);

/*
 * Where the memory `linked` of a boot image that may be moved goes: it stays there if that is free and `within`; else
 * the lowest or highest place from 1 MiB on, on a page and aligned to `align`. False if there is none.
 */
bool elf_find_start(const struct span_set *free, struct span linked, struct span within, uint64_t align, bool high,
		    uint64_t *ret_start);

/* Moves all segments by this many bytes, modulo 2^64. */
void elf_move(struct elf_file *elf, uint64_t by);

/* Refuses an ELF file with physical addresses that are invalid. Call it before any arithmetic on them. */
struct error *elf_check_places(const struct elf_file *elf);

/*
 * Places and fills the PT_LOADs of an ELF file at their physical addresses, which elf_check_places has checked.
 * Borrows from the file where a segment begins on a page of its own, copies
 * where several share a page. Errors: memory that is not free, segments that
 * overlap, nothing to load, too much to copy for a 32-bit program.
 */
struct error *elf_place(struct plan *plan, const char *where, const struct boot_image *image);

#endif
