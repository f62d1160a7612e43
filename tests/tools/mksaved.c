/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: mksaved FILE MEBIBYTES RUNS [HELD [FIRST-MEBIBYTE]]
 *
 * Writes an ELF core of a made-up x86_64 kernel that can be restored: a KJUMP
 * note, and so much memory from FIRST-MEBIBYTE (16) on, below which its window
 * is, in so many runs with a page missing after each. Every eighth page contains zeros, the others cannot be compressed
 * to less than half. With HELD the file holds every HELD-th run only: the others
 * are zeros that it just shows. The same arguments make the same file.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "include/kjump_note.h"
#include "kdump/core_layout.h"
#include "kdump/out_stream.h"
#include "lib/base/alloc.h"
#include "lib/core/jump_note.h"

#define FIRST_MIB 16
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

/* What was asked for. */
struct saved {
	uint64_t page_count, run_count, held;
	uint64_t first; /* address of the first run */
	struct elf_segment all; /* all memory, as its kernel would show it */
};

static uint64_t pages_of(const struct saved *saved, uint64_t run)
{
	return saved->page_count / saved->run_count + (run < saved->page_count % saved->run_count);
}

static uint64_t end_of(const struct saved *saved)
{
	return saved->first + (saved->page_count + saved->run_count - 1) * PAGE_SIZE_BYTES;
}

static struct error *each_run(const void *of, piece_function *act, void *context)
{
	const struct saved *saved = of;
	struct error *error = NULL;
	uint64_t at = saved->first;

	for (uint64_t run = 0; !error && run < saved->run_count; run++) {
		struct core_piece piece = { .memory = span_of(at, pages_of(saved, run) * PAGE_SIZE_BYTES),
					    .segment = saved->all,
					    .is_zero = run % saved->held != 0 };

		error = act(context, &piece);
		at = piece.memory.end + PAGE_SIZE_BYTES;
	}
	return error;
}

/* The core's notes: one, with all memory from `first` on, and a window before it. */
static void add_note(struct core_file *core, uint64_t first, uint64_t end)
{
	struct jump_note note = { .fixed = { .elf_machine = EM_X86_64, .jump_back_entry = first, .gdt = DIRECT_MAP } };
	size_t size;

	span_set_add(&note.memory, (struct span){ first, end });
	span_set_add(&note.window, (struct span){ 0x1000, first });
	AUTO_FREE uint8_t *desc = jump_note_build(&note, &size);
	core_file_add_note(core, KJUMP_NOTE_NAME, KJUMP_NOTE_TYPE, desc, size);
	jump_note_deinit(&note);
}

struct pages {
	struct out_stream *stream;
	uint64_t number, state;
};

static struct error *write_pages(void *context, const struct core_piece *piece)
{
	struct pages *pages = context;
	uint64_t page[PAGE_SIZE_BYTES / sizeof(uint64_t)];
	struct error *error = NULL;

	for (uint64_t at = piece->memory.start; !error && !piece->is_zero && at < piece->memory.end;
	     at += PAGE_SIZE_BYTES) {
		fill_page(page, pages->number++, &pages->state);
		error = out_stream_append(pages->stream, page, sizeof(page));
	}
	return error;
}

static struct error *write_saved(const struct saved *saved, const char *path, int fd)
{
	struct core_file core = { .elf = { .is_64 = true, .machine = EM_X86_64 }, .path = (char *)path, .fd = -1 };
	const struct storage storage = storage_of_file(fd);
	struct pages pages = { .state = 88172645463325252 };
	AUTO_CORE_LAYOUT struct core_layout layout = { 0 };

	add_note(&core, saved->first, end_of(saved));

	struct error *error = core_layout_init(&layout, &core, (struct core_pieces){ each_run, saved });

	free(core.notes);
	if (!error)
		error = out_stream_create(&pages.stream, &storage, path, 0);
	if (!error)
		error = core_layout_write(&layout, pages.stream);
	if (!error)
		error = each_run(saved, write_pages, &pages);
	if (!error)
		error = out_stream_finish(pages.stream);
	out_stream_destroy(pages.stream);
	return error;
}

static uint64_t number(int argc, char **argv, int index, uint64_t otherwise)
{
	return argc > index ? strtoull(argv[index], NULL, 0) : otherwise;
}

int main(int argc, char **argv)
{
	struct saved saved = { .page_count = number(argc, argv, 2, 0) * 256, .run_count = number(argc, argv, 3, 0),
			       .held = number(argc, argv, 4, 1),
			       .first = number(argc, argv, 5, FIRST_MIB) << 20 };

	if (argc < 4 || argc > 6 || !saved.run_count || saved.run_count > saved.page_count || !saved.held) {
		fputs("usage: mksaved FILE MEBIBYTES RUNS [HELD [FIRST-MEBIBYTE]]\n", stderr);
		return 2;
	}
	saved.all = (struct elf_segment){ .type = PT_LOAD, .vaddr = DIRECT_MAP + saved.first, .paddr = saved.first,
					  .memory_size = end_of(&saved) - saved.first };

	int fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	return error_report(write_saved(&saved, argv[1], fd), "mksaved");
}
