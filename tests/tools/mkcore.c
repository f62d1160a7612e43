/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: mkcore CORE PAGES SEED [MEMORY]
 *
 * Writes CORE, what /proc/vmcore of a small x86_64 kernel would be: memory from
 * 1 MiB on, PAGES pages and a page of zeros after each, filled as SEED says; its
 * KJUMP note names a window behind it, and one with room for a kernel, and a boot for each SEED. With MEMORY that is written, too: a file
 * with what physical memory has to hold when CORE has been restored.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/core/jump_note.h"
#include "tests/unit/core_builder.h"

#define MEMORY_START UINT64_C(0x100000)
#define DIRECT_MAP UINT64_C(0xffff888000000000)
#define WINDOW_BYTES UINT64_C(0x800000)

static void add_note(struct core_builder *core, struct span memory, uint64_t boot)
{
	struct jump_note note = { .fixed = { .elf_machine = arch_x86_64.elf_machine, .jump_back_entry = MEMORY_START,
					     .paging_levels = 4, .free_pages = KJUMP_FREE_ZERO } };
	size_t size;

	memcpy(note.fixed.boot_id, &boot, sizeof(boot));
	span_set_add(&note.memory, memory);
	span_set_add(&note.window, span_of(memory.end, WINDOW_BYTES));
	span_set_add(&note.window, span_of(UINT64_C(256) << 20, UINT64_C(128) << 20));
	AUTO_FREE uint8_t *desc = jump_note_build(&note, &size);
	core_note(core, KJUMP_NOTE_NAME, KJUMP_NOTE_TYPE, desc, size);
	core_note(core, "VMCOREINFO", 0, "OSRELEASE=6.1.0-test\n", 21);
	jump_note_deinit(&note);
}

static void fill(struct core_builder *core, uint64_t page_count, struct random random, int memory_fd)
{
	for (uint64_t i = 0; i < page_count; i++) {
		uint64_t page[PAGE_SIZE_BYTES / 8], at = MEMORY_START + 2 * i * PAGE_SIZE_BYTES;

		/* One half can be packed, the other cannot. */
		for (size_t word = 0; word < ARRAY_COUNT(page); word++)
			page[word] = word % 2 ? random_u64(&random) : i;
		core_write(core, at, page, sizeof(page));
		if (memory_fd >= 0 && pwrite(memory_fd, page, sizeof(page), (off_t)at) != (ssize_t)sizeof(page))
			exit(2);
	}
}

int main(int argc, char **argv)
{
	AUTO_CORE struct core_builder core = { .arch = &arch_x86_64, .paging_levels = 4 };
	int memory_fd = -1;

	if (argc != 4 && argc != 5) {
		fprintf(stderr, "usage: mkcore CORE PAGES SEED [MEMORY]\n");
		return 2;
	}
	uint64_t page_count = strtoull(argv[2], NULL, 0);
	struct span memory = span_of(MEMORY_START, 2 * page_count * PAGE_SIZE_BYTES);

	if (argc == 5) {
		memory_fd = open(argv[4], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (memory_fd < 0 || ftruncate(memory_fd, (off_t)(memory.end + WINDOW_BYTES))) {
			perror(argv[4]);
			return 2;
		}
	}
	add_note(&core, memory, strtoull(argv[3], NULL, 0));
	core_load(&core, DIRECT_MAP + memory.start, memory.start, span_size(memory));
	fill(&core, page_count, (struct random){ strtoull(argv[3], NULL, 0) }, memory_fd);
	/* The last page is one of zeros, which core_write_file leaves out: it only writes what was put in. */
	core_write(&core, memory.end - PAGE_SIZE_BYTES, "", 1);
	core_write_file(&core, argv[1]);
	return 0;
}
