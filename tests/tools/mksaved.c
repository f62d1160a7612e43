/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: mksaved FILE MEBIBYTES RUNS
 *
 * Writes an ELF core of a made-up x86_64 kernel that can be restored: a KJUMP
 * note, and so much memory from 16 MiB on, in so many runs with a page missing
 * after each. Every eighth page contains zeros, the others cannot be compressed
 * to less than half. The same arguments make the same file.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core_layout.h"
#include "jump_note.h"
#include "kjump_note.h"
#include "memory.h"

#define FIRST (UINT64_C(16) << 20)
#define DIRECT_MAP UINT64_C(0xffff888000000000)

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void fill_page(uint64_t *page, uint64_t number, uint64_t *state)
{
	for (size_t i = 0; i < PAGE_SIZE_BYTES / sizeof(*page); i++)
		page[i] = number % 8 == 7 ? 0 : i % 2 ? next_random(state) : number;
}

static struct span_set make_runs(uint64_t page_count, uint64_t run_count)
{
	struct span_set runs = { 0 };
	uint64_t at = FIRST;

	for (uint64_t i = 0; i < run_count; i++) {
		uint64_t pages = page_count / run_count + (i < page_count % run_count);

		span_set_add(&runs, span_of(at, pages * PAGE_SIZE_BYTES));
		at += (pages + 1) * PAGE_SIZE_BYTES;
	}
	return runs;
}

/* The core's notes: one, with all memory from FIRST on, and a window before it. */
static void add_note(struct core_file *core, uint64_t end)
{
	struct jump_note note = { .fixed = { .elf_machine = EM_X86_64, .jump_back_entry = FIRST, .gdt = DIRECT_MAP } };
	size_t size;

	span_set_add(&note.memory, (struct span){ FIRST, end });
	span_set_add(&note.window, (struct span){ 0x1000, FIRST });
	AUTO_FREE uint8_t *desc = jump_note_build(&note, &size);
	core_file_add_note(core, KJUMP_NOTE_NAME, KJUMP_NOTE_TYPE, desc, size);
	jump_note_deinit(&note);
}

static void put(FILE *file, const void *data, size_t size)
{
	if (fwrite(data, 1, size, file) != size) {
		perror("mksaved");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	uint64_t page[PAGE_SIZE_BYTES / sizeof(uint64_t)], number = 0, state = 88172645463325252;
	uint64_t page_count = argc == 4 ? strtoull(argv[2], NULL, 0) * 256 : 0;
	uint64_t run_count = argc == 4 ? strtoull(argv[3], NULL, 0) : 0;

	if (!run_count || run_count > page_count) {
		fputs("usage: mksaved FILE MEBIBYTES RUNS\n", stderr);
		return 2;
	}
	AUTO_SPAN_SET struct span_set runs = make_runs(page_count, run_count);
	uint64_t end = runs.items[runs.count - 1].end;
	struct elf_segment all = { .type = PT_LOAD, .vaddr = DIRECT_MAP + FIRST, .paddr = FIRST,
				   .memory_size = end - FIRST };
	struct core_file core = { .elf = { .is_64 = true, .machine = EM_X86_64, .segments = &all, .segment_count = 1 },
				  .path = argv[1], .fd = -1 };
	AUTO_CORE_SOURCE struct core_source source = { 0 };
	AUTO_CORE_LAYOUT struct core_layout layout = { 0 };
	FILE *file = fopen(argv[1], "w");

	if (!file) {
		perror(argv[1]);
		return 1;
	}
	add_note(&core, end);
	core_source_init(&source, &core);
	core_layout_init(&layout, &source, &runs, NULL);
	AUTO_FREE uint8_t *headers = core_layout_headers(&layout);

	put(file, headers, (size_t)core_layout_data_offset(&layout));
	for (; number < page_count; number++) {
		fill_page(page, number, &state);
		put(file, page, sizeof(page));
	}
	free(core.notes);
	return fclose(file) ? 1 : 0;
}
