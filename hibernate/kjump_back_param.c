/* SPDX-License-Identifier: GPL-2.0-only */
/* kjump_back_param(8): prints the properties of a snapshot, or of /proc/vmcore, and of its kernel. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/alloc.h"
#include "lib/base/options.h"
#include "lib/base/size_text.h"
#include "lib/base/standard_streams.h"
#include "lib/base/text.h"
#include "lib/core/arch.h"
#include "lib/core/asleep_note.h"
#include "lib/core/core_file.h"
#include "lib/core/jump_note.h"
#include "lib/khimage/snapshot.h"

struct options {
	const char *snapshot;
	bool shell;
};

static struct error *parse_options(int argc, char **argv, struct options *options, bool *ret_done)
{
	const struct option_entry entries[] = {
		{ 's', "shell", NULL, "print it as assignments for a shell", .flag = &options->shell },
		OPTION_HELP,
		OPTION_VERSION('V'),
	};
	const char *usage = "Usage: kjump_back_param [OPTION]... [SNAPSHOT]\n"
			    "Prints the note on the saved kernel in a snapshot (default: /proc/vmcore), or on the kernel\n"
			    "that sleeps in a file.\n";
	const struct option_program program = { "kjump_back_param", usage, entries, ARRAY_COUNT(entries) };
	struct option_words words;
	struct error *error = options_parse_or_answer(&program, argc, argv, &words);

	if (error)
		return error;
	*ret_done = words.asked;
	if (words.count > 1)
		return error_new("one snapshot only; see --help");
	options->snapshot = words.count ? words.items[0] : "/proc/vmcore";
	return NULL;
}

/* Takes ownership of `text`; heap. */
static char *add_memmap(char *text, char sign, struct span memory)
{
	AUTO_FREE char *before = text;

	return xasprintf("%s memmap=%" PRIu64 "K%c%" PRIu64 "K", before, span_size(memory) / 1024, sign,
			 memory.start / 1024);
}

/*
 * memmap= options that make a kernel run in the window and low memory, and
 * nowhere else (Documentation/admin-guide/kernel-parameters.txt). The snapshot's
 * memory is reserved, not just left out: Linux may assign memory without an
 * entry to a device, and marks the memory behind the window's end as a "RAM
 * buffer", which CONFIG_IO_STRICT_DEVMEM excludes from /dev/mem. Heap.
 */
static char *memmap_options(const struct jump_note *note)
{
	char *text = xstrdup("memmap=exactmap");

	for (size_t i = 0; i < note->window.count; i++)
		text = add_memmap(text, '@', note->window.items[i]);
	for (size_t i = 0; i < note->memory.count; i++)
		text = add_memmap(text, '$', note->memory.items[i]);
	return text;
}

static const char *free_pages_name(uint32_t free_pages)
{
	switch (free_pages) {
	case KJUMP_FREE_ZERO:
		return "zero";
	case KJUMP_FREE_POISON:
		return "poison";
	default:
		return "any";
	}
}

/* A release string comes from the snapshot: only characters that are harmless in a shell are kept. */
static char *clean(char *text)
{
	for (char *at = text; at && *at; at++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-+_~:", *at))
			*at = '_';
	return text;
}

static char *hex(uint64_t value)
{
	return xasprintf("0x%" PRIx64, value);
}

/* Takes ownership of the text; NULL prints nothing. */
static void print_line(bool shell, const char *name, char *value)
{
	if (value)
		printf(shell ? "%s='%s'\n" : "%-24s %s\n", name, value);
	free(value);
}

static char *size(bool shell, uint64_t bytes)
{
	return shell ? xasprintf("%" PRIu64, bytes) : size_text(bytes);
}

static char *time_of(bool shell, uint64_t created)
{
	time_t seconds = (time_t)created;
	struct tm parts;
	char text[32];

	if (shell || !gmtime_r(&seconds, &parts) || !strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &parts))
		return xasprintf("%" PRIu64, created);
	return xstrdup(text);
}

/* Prints the superblock of a khimage, in any state. */
static void print_khimage(const struct khimage_superblock *superblock, bool shell)
{
	print_line(shell, "KJUMP_FORMAT", xstrdup("khimage"));
	print_line(shell, "KJUMP_STATE", xstrdup(khimage_state_name(superblock->state)));
	print_line(shell, "KJUMP_GENERATION", xasprintf("%" PRIu64, superblock->generation));
	print_line(shell, "KJUMP_BOOT_ID", khimage_boot_text(superblock));
	if (superblock->state != KHIMAGE_COMMITTED && superblock->state != KHIMAGE_USED)
		return;
	print_line(shell, "KJUMP_CREATED", time_of(shell, superblock->created));
	print_line(shell, "KJUMP_COMPRESSION", xstrdup(khimage_compression_name(superblock->compression)));
	print_line(shell, "KJUMP_SIZE", size(shell, superblock->end_offset));
	print_line(shell, "KJUMP_DATA", size(shell, superblock->data_pages * PAGE_SIZE_BYTES));
	print_line(shell, "KJUMP_ZERO", size(shell, superblock->zero_pages * PAGE_SIZE_BYTES));
}

static void print_note(const struct core_file *core, const struct jump_note *note, bool shell)
{
	char *release = clean(line_value(core->vmcoreinfo, "OSRELEASE"));

	print_line(shell, "KJUMP_ENTRY", hex(note->fixed.jump_back_entry));
	print_line(shell, "kexec_jump_back_entry", hex(note->fixed.jump_back_entry));
	print_line(shell, "kernel", release ? release : xstrdup("unknown"));
	print_line(shell, "machine", xstrdup(arch_by_elf_machine(note->fixed.elf_machine)->name));
	print_line(shell, "paging_levels", xasprintf("%" PRIu32, note->fixed.paging_levels));
	print_line(shell, "gdt", hex(note->fixed.gdt));
	print_line(shell, "memory", size(shell, span_set_size(&note->memory)));
	print_line(shell, "free_pages", xstrdup(free_pages_name(note->fixed.free_pages)));
	print_line(shell, "window", memmap_options(note));
}

/* Prints a kernel that sleeps in a file. */
static struct error *print_asleep(const struct core_file *core, struct bytes desc, bool shell)
{
	AUTO_ASLEEP_NOTE struct asleep_note note = { 0 };
	struct error *error = asleep_note_parse(desc, core->path, &note);

	if (error)
		return error;

	struct span room = asleep_note_room(&note);

	print_line(shell, "KJUMP_FORMAT", xstrdup("asleep"));
	print_line(shell, "KJUMP_CREATED", time_of(shell, note.fixed.created));
	print_line(shell, "KJUMP_ENTRY", hex(core->elf.entry));
	print_line(shell, "machine", xstrdup(arch_by_elf_machine(note.jump.fixed.elf_machine)->name));
	print_line(shell, "paging_levels", xasprintf("%" PRIu32, note.jump.fixed.paging_levels));
	print_line(shell, "room", xasprintf("0x%" PRIx64 "-0x%" PRIx64, room.start, room.end - 1));
	print_line(shell, "window", memmap_options(&note.jump));
	return NULL;
}

/* *ret_is_asleep: the file is one, and it is printed unless there is an error. */
static struct error *try_asleep(const struct options *options, bool *ret_is_asleep)
{
	AUTO_CORE_FILE struct core_file core = { 0 };
	struct bytes desc;
	struct error *error = core_file_open(&core, options->snapshot);

	*ret_is_asleep = !error && asleep_note_find(&core, &desc);
	error_free(error);
	return *ret_is_asleep ? print_asleep(&core, desc, options->shell) : NULL;
}

/* For a snapshot with damaged notes: the superblock still has its number and its state. */
static void print_what_is_left(const struct options *options)
{
	struct khimage_superblock superblock = { 0 };
	struct error *error = khimage_read_state(options->snapshot, &superblock, NULL);

	if (!error && superblock.state)
		print_khimage(&superblock, options->shell);
	error_free(error);
}

static struct error *run(const struct options *options)
{
	AUTO_SNAPSHOT struct snapshot snapshot = { 0 };
	AUTO_JUMP_NOTE struct jump_note note = { 0 };
	bool is_asleep;
	struct error *error = try_asleep(options, &is_asleep);

	if (error || is_asleep)
		return error;
	error = snapshot_open(&snapshot, options->snapshot);

	bool has_notes = !error && snapshot_core(&snapshot)->notes;

	if (error) {
		print_what_is_left(options);
		return error;
	}
	if (!snapshot.is_khimage || has_notes)
		error = jump_note_find(snapshot_core(&snapshot), &note);
	if (error)
		return error;
	if (snapshot.is_khimage)
		print_khimage(&snapshot.khimage.superblock, options->shell);
	else
		print_line(options->shell, "KJUMP_FORMAT", xstrdup("elf"));
	if (!has_notes)
		return NULL;
	print_note(snapshot_core(&snapshot), &note, options->shell);
	return NULL;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	bool done = false;

	standard_streams_open();
	struct error *error = parse_options(argc, argv, &options, &done);

	if (!error && !done)
		error = run(&options);
	return error_report(standard_output_finish(error), "kjump_back_param");
}
