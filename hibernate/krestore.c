/* SPDX-License-Identifier: GPL-2.0-only */
/* krestore(8): checks a saved image, writes it back to physical memory, and jumps to its kernel. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "filesystem_guard.h"
#include "fingerprint.h"
#include "kernel_cmdline.h"
#include "machine.h"
#include "memory.h"
#include "plan.h"
#include "purgatory_setup.h"
#include "restore.h"
#include "size_text.h"
#include "sys.h"

struct options {
	const char *image;
	const char *entry;  /* as typed, NULL */
	const char *memory; /* /dev/mem, or a file that stands in for it */
	bool check_only;
	bool force;
	const char **ignored; /* names of file systems that are of no concern; owned */
	size_t ignored_count, ignored_capacity;
};

static void print_help(void)
{
	puts("Usage: krestore [OPTION]... IMAGE\n"
	     "Writes the saved memory of a kernel back and jumps to it. IMAGE is an ELF core\n"
	     "made of /proc/vmcore. This kernel has to run inside the image's window.\n\n"
	     "  -c, --check          check everything, write nothing\n"
	     "  -e, --entry=ADDRESS  jump there, not to what the image says\n"
	     "  -f, --force          go on where the machine seems to be another one\n"
	     "  -m, --memory=FILE    write to this file in place of /dev/mem, and do not jump\n"
	     "  -i, --ignore-filesystem=NAME  do not ask whether the file system with this UUID,\n"
	     "                       label or device was written to; may be given several times\n"
	     "  -h, --help           print this help\n"
	     "  -V, --version        print the version");
}

static struct error *parse_options(int argc, char **argv, struct options *options, bool *ret_done)
{
	static const struct option long_options[] = {
		{ "check", no_argument, NULL, 'c' },	   { "entry", required_argument, NULL, 'e' },
		{ "force", no_argument, NULL, 'f' },	   { "memory", required_argument, NULL, 'm' },
		{ "ignore-filesystem", required_argument, NULL, 'i' },
		{ "help", no_argument, NULL, 'h' },	   { "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "ce:fi:m:hV", long_options, NULL)) != -1) {
		switch (option) {
		case 'c':
			options->check_only = true;
			break;
		case 'e':
			options->entry = optarg;
			break;
		case 'f':
			options->force = true;
			break;
		case 'i':
			options->ignored = xgrow(options->ignored, &options->ignored_capacity,
						 options->ignored_count + 1, sizeof(*options->ignored));
			options->ignored[options->ignored_count++] = optarg;
			break;
		case 'm':
			options->memory = optarg;
			break;
		case 'h':
			print_help();
			*ret_done = true;
			return NULL;
		case 'V':
			puts("krestore (kexec-jump) " PACKAGE_VERSION);
			*ret_done = true;
			return NULL;
		default:
			return error_new("option %s is not known or lacks its argument; see --help", argv[optind - 1]);
		}
	}
	if (argc - optind != 1)
		return error_new("one image is needed; see --help");
	options->image = argv[optind];
	return NULL;
}

static struct error *find_entry(const struct options *options, const struct jump_note *note, uint64_t *ret_entry)
{
	if (options->entry)
		return jump_back_entry_parse(options->entry, "--entry", ret_entry);
	if (!note->fixed.jump_back_entry)
		return error_new("%s does not say where its kernel goes on; give --entry", options->image);
	*ret_entry = note->fixed.jump_back_entry;
	return NULL;
}

/* An image belongs to one machine: the same memory, the same processor. */
static struct error *check_machine(const struct options *options, const struct machine *machine,
				   const struct jump_note *note)
{
	const char *differs = NULL;

	if (note->fixed.elf_machine != machine->arch->elf_machine)
		return error_new("%s is of a kernel of another architecture than this %s one", options->image,
				 machine->arch->name);
	if (fingerprint_memory(machine) != note->fixed.memory_digest)
		differs = "memory map";
	else if (fingerprint_cpu(machine->root) != note->fixed.cpu_digest)
		differs = "processor";
	if (differs && !options->force)
		return error_new("%s is from another machine, or this one was changed: its %s differs (--force to go on)",
				 options->image, differs);
	return NULL;
}

/* Not what this kernel runs on, but what is on the disks. */
static struct error *check_filesystems(const struct options *options, const struct core_file *image)
{
	const struct filesystem_guard_except except = { options->ignored, options->ignored_count, options->force };
	bool known = true;
	struct error *error = filesystem_guard_check(image, &except, &known);

	if (!error && !known)
		fprintf(stderr, "krestore: %s does not say what was on the disks (kdump notes that): whether file "
				"systems were written to since is not known\n", image->path);
	return error_prefix(error, "%s cannot be restored", image->path);
}

/* The gate has to be where A keeps nothing: in this kernel's own memory, inside the window. */
static struct error *load_gate(const struct machine *machine, const struct jump_note *note, uint64_t entry)
{
	AUTO_PLAN struct plan plan = { 0 };
	AUTO_SPAN_SET struct span_set room = { 0 };
	const struct plan_need need = { .what = "gate",
					.size_bytes = GATE_SIZE_BYTES,
					.within = { UINT64_C(1) << 20, UINT64_C(1) << 32 },
					.high = true };
	struct gate_param param = { .peer_entry = entry, .peer_gdt = note->fixed.gdt, .flags = GATE_LOCAL_GONE };
	uint64_t start;

	for (size_t i = 0; i < note->window.count; i++)
		for (size_t part = 0; part < machine->ram.count; part++)
			span_set_add(&room, span_intersect(note->window.items[i], machine->ram.items[part]));
	plan_init(&plan, &room);

	struct error *error = plan_place(&plan, "this kernel's memory inside the image's window", &need, 1, &start);

	if (error)
		return error;
	gate_fill(&plan, start, machine->arch, param);
	plan.entry = start + GATE_ENTRY_LOCAL;
	plan.flags = machine->arch->kexec_flag;
	plan_complete(&plan, NULL);
	error = plan_check(&plan, machine->total_ram_bytes);
	return error ? error : sys_kexec_load(&plan, "/");
}

static void print_summary(const struct restore *restore, uint64_t entry)
{
	AUTO_FREE char *saved = size_text(span_set_size(&restore->saved));
	AUTO_FREE char *missing = size_text(span_set_size(&restore->missing));

	printf("image: %s in %zu pieces, %s of free pages left out; entry 0x%" PRIx64 "\n", saved,
	       restore->piece_count, missing, entry);
	fflush(stdout);
}

/* Everything that can be known is known before the first write; the jump is loaded before it, too. */
static struct error *write_and_jump(struct restore *restore, const struct physical_memory *memory,
				    const struct machine *machine, uint64_t entry, bool jumps)
{
	struct error *error = physical_memory_try(memory, &restore->note->memory);

	if (!error && jumps)
		error = load_gate(machine, restore->note, entry);
	if (!error)
		error = restore_write(restore, memory);
	if (!error)
		error = restore_verify(restore, memory);
	if (!error && jumps)
		error = sys_reboot_kexec();
	return error;
}

static struct error *run(const struct options *options)
{
	AUTO_CORE_FILE struct core_file image = { 0 };
	AUTO_JUMP_NOTE struct jump_note note = { 0 };
	AUTO_MACHINE struct machine machine = { 0 };
	AUTO_RESTORE struct restore restore = { 0 };
	struct physical_memory memory = { 0 };
	bool jumps = !strcmp(options->memory, "/dev/mem");
	uint64_t entry;
	struct error *error = core_file_open(&image, options->image);

	if (!error)
		error = jump_note_find(&image, &note);
	if (!error)
		error = find_entry(options, &note, &entry);
	if (!error)
		error = restore_init(&restore, &image, &note);
	if (!error && jumps)
		error = machine_init(&machine, "/");
	if (!error && jumps)
		error = check_machine(options, &machine, &note);
	if (!error && jumps)
		error = check_filesystems(options, &image);
	if (!error && jumps)
		error = restore_check_free(&restore, &machine.ram);
	if (error)
		return error;
	print_summary(&restore, entry);
	error = physical_memory_open(&memory, options->memory);
	if (!error && options->check_only)
		error = physical_memory_try(&memory, &note.memory);
	else if (!error)
		error = write_and_jump(&restore, &memory, &machine, entry, jumps);
	physical_memory_close(&memory);
	return error;
}

int main(int argc, char **argv)
{
	struct options options = { .memory = "/dev/mem" };
	bool done = false;
	struct error *error = parse_options(argc, argv, &options, &done);

	if (!error && !done)
		error = run(&options);
	free(options.ignored);
	return error_report(error, "krestore");
}
