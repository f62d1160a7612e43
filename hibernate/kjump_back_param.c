/* SPDX-License-Identifier: GPL-2.0-only */
/* kjump_back_param(8): what an image, or /proc/vmcore, says of the kernel it is of. */
#include <elf.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "core_file.h"
#include "jump_note.h"
#include "memory.h"
#include "size_text.h"
#include "text.h"

struct options {
	const char *image;
	bool shell;
};

static void print_help(void)
{
	puts("Usage: kjump_back_param [OPTION]... [IMAGE]\n"
	     "Prints what an image says of the kernel that was saved in it; IMAGE is /proc/vmcore\n"
	     "unless one is given.\n\n"
	     "  -s, --shell    print it as assignments for a shell\n"
	     "  -h, --help     print this help\n"
	     "  -V, --version  print the version");
}

static struct error *parse_options(int argc, char **argv, struct options *options, bool *ret_done)
{
	static const struct option long_options[] = {
		{ "shell", no_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "shV", long_options, NULL)) != -1) {
		if (option == 's') {
			options->shell = true;
			continue;
		}
		if (option == 'h')
			print_help();
		else if (option == 'V')
			puts("kjump_back_param (kexec-jump) " PACKAGE_VERSION);
		else
			return error_new("option %s is not known; see --help", argv[optind - 1]);
		*ret_done = true;
		return NULL;
	}
	if (argc - optind > 1)
		return error_new("one image only; see --help");
	options->image = argc > optind ? argv[optind] : "/proc/vmcore";
	return NULL;
}

/*
 * The window and low memory as memmap= options that make a kernel run there
 * and nowhere else (Documentation/admin-guide/kernel-parameters.txt). Heap.
 */
static char *memmap_options(const struct jump_note *note)
{
	char *text = xstrdup("memmap=exactmap");

	for (size_t i = 0; i < note->window.count; i++) {
		AUTO_FREE char *before = text;

		text = xasprintf("%s memmap=%" PRIu64 "K@%" PRIu64 "K", before, span_size(note->window.items[i]) / 1024,
				 note->window.items[i].start / 1024);
	}
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

/* A release string comes from the image: only what cannot hurt in a shell is let through. */
static char *clean(char *text)
{
	for (char *at = text; at && *at; at++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-+_~:", *at))
			*at = '_';
	return text;
}

static void print(const struct core_file *core, const struct jump_note *note, bool shell)
{
	AUTO_FREE char *release = clean(line_value(core->vmcoreinfo, "OSRELEASE"));
	AUTO_FREE char *memmap = memmap_options(note);
	AUTO_FREE char *size = size_text(span_set_size(&note->memory));
	const char *machine = note->fixed.elf_machine == EM_X86_64 ? "x86_64" : "i386";
	const char *format = shell ? "%s='%s'\n" : "%-24s %s\n";
	AUTO_FREE char *entry = xasprintf("0x%" PRIx64, note->fixed.jump_back_entry);
	AUTO_FREE char *gdt = xasprintf("0x%" PRIx64, note->fixed.gdt);
	AUTO_FREE char *bytes = xasprintf("%" PRIu64, span_set_size(&note->memory));
	AUTO_FREE char *levels = xasprintf("%" PRIu32, note->fixed.paging_levels);

	printf(format, "kexec_jump_back_entry", entry);
	printf(format, "kernel", release ? release : "unknown");
	printf(format, "machine", machine);
	printf(format, "paging_levels", levels);
	printf(format, "gdt", gdt);
	printf(format, "memory", shell ? bytes : size);
	printf(format, "free_pages", free_pages_name(note->fixed.free_pages));
	printf(format, "window", memmap);
}

static struct error *run(const struct options *options)
{
	AUTO_CORE_FILE struct core_file core = { 0 };
	AUTO_JUMP_NOTE struct jump_note note = { 0 };
	struct error *error = core_file_open(&core, options->image);

	if (!error)
		error = jump_note_find(&core, &note);
	if (!error)
		print(&core, &note, options->shell);
	return error;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	bool done = false;
	struct error *error = parse_options(argc, argv, &options, &done);

	if (!error && !done)
		error = run(&options);
	return error_report(error, "kjump_back_param");
}
