/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel's memory as /proc/kcore and /proc/vmcore show it: an ELF core with
 * notes, PT_LOADs, and in the memory they show page tables and GDT pages. The
 * file is sparse: only pages that were written take up room.
 */
#ifndef KJ_TESTS_CORE_BUILDER_H
#define KJ_TESTS_CORE_BUILDER_H

#include "lib/core/arch.h"
#include "lib/core/elf_file.h"
#include "tests/unit/fixtures.h"

struct core_page {
	uint64_t phys;
	uint8_t bytes[4096];
};

/* Zero-initialise, set what is not owned. */
struct core_builder {
	const struct arch *arch;
	int paging_levels;    /* 2, 3 (PAE), 4, 5 */
	uint64_t root_phys;   /* the top-level page table */
	uint64_t next_table;  /* where the next page table is put */
	struct buffer notes;
	struct elf_segment *loads; /* owned, like all below */
	size_t load_count, load_capacity;
	struct core_page *pages;
	size_t page_count, page_capacity;
};

void core_deinit(struct core_builder *core);
#define AUTO_CORE __attribute__((cleanup(core_deinit)))

void core_note(struct core_builder *core, const char *name, uint32_t type, const void *desc, size_t size);

/* A PT_LOAD; ELF_NO_ADDRESS as `linear` (high memory) or `phys` (vmalloc) is written as the kernel does, all ones. */
void core_load(struct core_builder *core, uint64_t linear, uint64_t phys, uint64_t size);

/* A PT_LOAD of which the file holds the beginning only (p_filesz < p_memsz). */
void core_load_part(struct core_builder *core, uint64_t linear, uint64_t phys, uint64_t held, uint64_t size);

/* Writes memory; it is seen through every PT_LOAD that shows its address. */
void core_write(struct core_builder *core, uint64_t phys, const void *data, size_t size);

/* Maps one page, or, `large`, what an entry of the last level but one covers; makes page tables as needed. */
void core_map(struct core_builder *core, uint64_t linear, uint64_t phys, bool large);

/* The GDT page of a CPU. `live`: one that a CPU has loaded its task register from, not an early copy. */
void core_gdt(struct core_builder *core, uint64_t phys, unsigned int cpu, bool live);

void core_write_file(const struct core_builder *core, const char *path);

#endif
