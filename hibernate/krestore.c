/* SPDX-License-Identifier: GPL-2.0-only */
/* krestore(8): checks a snapshot, writes it back to physical memory, and jumps to its kernel. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hibernate/export.h"
#include "hibernate/guards.h"
#include "hibernate/placing_load.h"
#include "hibernate/restore.h"
#include "kdump/target.h"
#include "kexec/plan/plan.h"
#include "kexec/plan/purgatory_setup.h"
#include "kexec/plan/sys.h"
#include "lib/base/alloc.h"
#include "lib/base/options.h"
#include "lib/base/progress.h"
#include "lib/base/size_text.h"
#include "lib/base/standard_streams.h"
#include "lib/base/text.h"
#include "lib/khimage/snapshot.h"
#include "lib/machine/kernel_cmdline.h"
#include "lib/machine/machine.h"

#define MEMORY_DEVICE "/dev/mem"

struct options {
	const char *snapshot;
	const char *entry;  /* as typed, NULL */
	const char *memory; /* a file that stands in for MEMORY_DEVICE, NULL */
	const char *export; /* NULL, or the path of an ELF core to write */
	bool check_only;
	bool by_placement;
	bool force;
	unsigned int wait_seconds;
	struct text_list ignored; /* names of file systems that are not compared */
};

/* How memory gets to its place: see placement.h; or in one go, by a kernel that lies in the window. */
static struct error *set_method(const struct option_entry *entry, const char *text)
{
	struct options *options = entry->context;

	if (strcmp(text, "place") != 0 && strcmp(text, "window") != 0)
		return error_new("--method=%s is neither place nor window", text);
	options->by_placement = !strcmp(text, "place");
	return NULL;
}

/* An hour is long enough for any disk. */
#define WAIT_SECONDS_MAX 3600

static struct error *set_wait(const struct option_entry *entry, const char *text)
{
	struct options *options = entry->context;
	uint64_t seconds;

	if (!parse_number(text, &seconds) || seconds > WAIT_SECONDS_MAX)
		return error_new("--wait=%s is not a number of seconds up to %d", text, WAIT_SECONDS_MAX);
	options->wait_seconds = (unsigned int)seconds;
	return NULL;
}

static struct error *parse_options(int argc, char **argv, struct options *options, bool *ret_done)
{
	const struct option_entry entries[] = {
		{ 'c', "check", NULL, "check everything, also checksums; write nothing", .flag = &options->check_only },
		{ 'e', "entry", "ADDRESS", "jump there, not to the snapshot's entry", .text = &options->entry },
		{ 'f', "force", NULL, "continue where the machine seems to be another one", .flag = &options->force },
		{ 'm', "memory", "FILE", "write to this file in place of /dev/mem, and do not jump",
		  .text = &options->memory },
		{ 'x', "export", "FILE", "make an ELF core of the snapshot, for debuggers; restore nothing",
		  .text = &options->export },
		{ 'i', "ignore-filesystem", "NAME",
		  "do not ask whether the file system with this UUID,\n"
		  "label or device was written to; may be given several times",
		  .list = &options->ignored },
		{ 0, "method", "WAY",
		  "place: from any kernel, by its own memory; window (the\n"
		  "default): by a kernel that runs in the snapshot's window",
		  .apply = set_method, .context = options },
		{ 'w', "wait", "SECONDS", "wait so long for file systems whose disk was not found yet",
		  .apply = set_wait, .context = options },
		OPTION_HELP,
		OPTION_VERSION('V'),
	};
	const char *usage = "Usage: krestore [OPTION]... SNAPSHOT\n"
			    "Writes the saved memory of a kernel back and jumps to it. SNAPSHOT is a khimage, or\n"
			    "an ELF core made of /proc/vmcore. This kernel has to run in the snapshot's window.\n";
	const struct option_program program = { "krestore", usage, entries, ARRAY_COUNT(entries) };
	struct option_words words;
	struct error *error = options_parse_or_answer(&program, argc, argv, &words);

	if (error)
		return error;
	*ret_done = words.asked;
	if (!*ret_done && words.count != 1)
		return error_new("one snapshot is needed; see --help");
	if (!*ret_done && options->by_placement && options->memory)
		return error_new("--memory goes with --method=window");
	options->snapshot = *ret_done ? NULL : words.items[0];
	return NULL;
}

static struct error *find_entry(const struct options *options, const struct jump_note *note, uint64_t *ret_entry)
{
	if (options->entry)
		return jump_back_entry_parse(options->entry, "--entry", ret_entry);
	if (!note->fixed.jump_back_entry)
		return error_new("%s has no jump-back entry; give --entry", options->snapshot);
	*ret_entry = note->fixed.jump_back_entry;
	return NULL;
}

/* The gate must be in memory that the snapshot leaves free: this kernel's own, inside the window. */
static struct error *load_gate(const struct machine *machine, const struct jump_note *note, uint64_t entry)
{
	AUTO_PLAN struct plan plan = { 0 };
	AUTO_SPAN_SET struct span_set room = { 0 };
	struct gate_param param = { .peer_entry = entry, .peer_gdt = note->fixed.gdt, .flags = GATE_LOCAL_ENDED };
	uint64_t start;

	span_set_copy(&room, &machine->ram);
	span_set_keep_set(&room, &note->window);
	plan_init(&plan, &room);

	struct error *error = gate_place(&plan, "this kernel's memory inside the snapshot's window", GATE_MEMORY, true,
					 machine->arch, param, &start);

	if (error)
		return error;
	plan.entry = start + GATE_ENTRY_LOCAL;
	plan.flags = machine->arch->kexec_flag;
	plan_complete(&plan, NULL);
	error = plan_check(&plan, machine->total_ram_bytes);
	return error ? error : sys_kexec_load(&plan, "/");
}

/* Three more guards, where their subject is read: two before all others, one after. */
#define GUARD_IMAGE "guard \"image\""
#define GUARD_STATE "guard \"state\""
#define GUARD_CONTENT "guard \"content\""

/* The snapshot and this machine, opened without changing them. */
struct scene {
	struct snapshot snapshot;
	struct jump_note note;
	struct machine machine;
	struct restore restore;
	struct physical_memory memory;
	uint64_t entry;
	bool jumps;
};

static void scene_deinit(struct scene *scene)
{
	physical_memory_close(&scene->memory);
	machine_deinit(&scene->machine);
	jump_note_deinit(&scene->note);
	snapshot_close(&scene->snapshot);
}

static struct error *scene_init(struct scene *scene, const struct options *options)
{
	const char *memory = options->memory ? options->memory : MEMORY_DEVICE;
	struct error *error = error_prefix(snapshot_open(&scene->snapshot, options->snapshot), GUARD_IMAGE);

	scene->jumps = !strcmp(memory, MEMORY_DEVICE);
	scene->restore = (struct restore){ .snapshot = &scene->snapshot, .note = &scene->note };
	/* A khimage that was never committed has no notes: report its state rather than their absence. */
	if (!error && scene->snapshot.is_khimage)
		error = error_prefix(khimage_check_state(scene->snapshot.khimage.superblock.state, options->snapshot),
				     GUARD_STATE);
	if (!error)
		error = error_prefix(jump_note_find(snapshot_core(&scene->snapshot), &scene->note), GUARD_IMAGE);
	if (!error)
		error = find_entry(options, &scene->note, &scene->entry);
	if (!error && scene->jumps)
		error = machine_init(&scene->machine, "/");
	if (!error && !options->by_placement)
		error = physical_memory_open(&scene->memory, memory);
	return error;
}

static void say(const char *text)
{
	fprintf(stderr, "krestore: %s\n", text);
}

static struct error *ask_guards(struct scene *scene, const struct options *options)
{
	const struct filesystem_guard_except except = { options->ignored.items, options->ignored.count, options->force,
							 options->wait_seconds, say };
	const struct guard_scene seen = { .snapshot = &scene->snapshot,
					  .note = &scene->note,
					  .restore = &scene->restore,
					  .machine = scene->jumps ? &scene->machine : NULL,
					  .memory = options->by_placement ? NULL : &scene->memory,
					  .except = &except,
					  .say = say };

	return guards_ask(&seen, options->force);
}

static void print_summary(const struct scene *scene)
{
	const struct restore *restore = &scene->restore;
	AUTO_FREE char *data = size_text(restore->data_bytes);
	AUTO_FREE char *zero = size_text(restore->zero_bytes);
	AUTO_FREE char *left_out = size_text(restore->free_bytes);

	printf("snapshot: %s in %" PRIu64 " pieces, %s of zeros, %s of free pages left out; entry 0x%" PRIx64 "\n", data,
	       restore->extent_count, zero, left_out, scene->entry);
	fflush(stdout);
}

/* Restores the mark after a refused jump. Takes ownership of the refusal; returns the error to report. */
static struct error *unmark(const char *path, struct error *refused)
{
	struct error *error = khimage_set_state(path, KHIMAGE_COMMITTED);
	struct error *both = error ? error_new("%s; and the snapshot stays marked as used: %s", error_text(refused),
					       error_text(error)) :
				     error_new("%s; the snapshot is as it was", error_text(refused));

	error_free(error);
	error_free(refused);
	return both;
}

/* The last step. Once the mark is on the medium, this snapshot is not restored again. */
static struct error *mark_used_and_jump(const struct scene *scene)
{
	const char *path = snapshot_core(&scene->snapshot)->path;
	struct error *error = scene->snapshot.is_khimage ? khimage_set_state(path, KHIMAGE_USED) : NULL;

	if (error || !scene->jumps)
		return error;
	error = sys_reboot_kexec();
	return error && scene->snapshot.is_khimage ? unmark(path, error) : error;
}

/* Prints the current step on standard output, because it may take minutes. */
static void print_step(const char *text)
{
	printf("%s\n", text);
	fflush(stdout);
}

/* A pass over all of the snapshot, which may take minutes, reports its progress. */
static void begin_pass(struct scene *scene, struct progress *progress)
{
	progress_begin(progress, "krestore");
	scene->restore.progress = progress_show;
	scene->restore.context = progress;
}

static struct error *end_pass(struct progress *progress, struct error *error)
{
	progress_abandon(progress);
	return error_prefix(error, GUARD_CONTENT);
}

/* Everything that can be known is known before the first write; the jump is loaded before it, too. */
static struct error *write_and_jump(struct scene *scene)
{
	struct progress whole, pass;

	progress_begin(&whole, "krestore");
	if (scene->snapshot.is_khimage)
		print_step("comparing the checksums of all of it, before anything is written");
	begin_pass(scene, &pass);

	struct error *error = end_pass(&pass, restore_check_digests(&scene->restore));

	if (!error && scene->jumps)
		error = load_gate(&scene->machine, &scene->note, scene->entry);
	if (error)
		return error;
	print_step("writing it to memory");
	begin_pass(scene, &pass);
	error = error_prefix(restore_write(&scene->restore, &scene->memory),
			     "a part of the memory was written, none of it this kernel's; the snapshot is as it was");
	error = end_pass(&pass, error);
	if (!error) {
		progress_end(&whole, "checked and wrote ", scene->restore.data_bytes);
		error = mark_used_and_jump(scene);
	}
	/* What is loaded now would jump into a kernel that is not there, or not all of it. */
	if (error && scene->jumps)
		error_free(sys_kexec_unload(scene->machine.arch, false));
	return error;
}

static struct error *place_and_jump(struct scene *scene)
{
	AUTO_PLACEMENT struct placement placement = { 0 };
	struct progress whole, pass;

	progress_begin(&whole, "krestore");
	begin_pass(scene, &pass);

	struct error *error = end_pass(&pass, placing_load(&placement, &scene->restore, &scene->machine, scene->entry));

	if (error)
		return error;
	printf("the placing program will copy %zu pieces and fill %zu\n", placement.copy_count, placement.fill_count);
	progress_end(&whole, "checked and read ", scene->restore.data_bytes);
	error = mark_used_and_jump(scene);
	if (error)
		error_free(sys_kexec_unload(scene->machine.arch, false));
	return error;
}

/* Exports a snapshot in any state with content; also a used one. */
static struct error *export(const struct options *options)
{
	AUTO_SNAPSHOT struct snapshot snapshot = { 0 };
	struct target target;
	struct error *error = snapshot_open(&snapshot, options->snapshot);
	const struct core_file *core = snapshot_core(&snapshot);

	if (!error && !core->notes)
		error = khimage_check_state(snapshot.khimage.superblock.state, options->snapshot);
	if (!error)
		error = target_check_source(options->export, core->fd, core->path);
	if (!error)
		error = target_check_snapshot(options->export);
	if (!error)
		error = target_check(options->export);
	if (!error)
		error = target_open(&target, options->export, false);
	return error ? error : target_close(&target, export_elf(&snapshot, target.fd, options->export));
}

static struct error *run(const struct options *options)
{
	__attribute__((cleanup(scene_deinit))) struct scene scene = { 0 };
	struct error *error = scene_init(&scene, options);

	if (!error)
		error = ask_guards(&scene, options);
	if (error)
		return error;
	print_summary(&scene);
	if (!options->check_only)
		return options->by_placement ? place_and_jump(&scene) : write_and_jump(&scene);

	struct progress pass;

	begin_pass(&scene, &pass);
	return end_pass(&pass, restore_check_content(&scene.restore));
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	bool done = false;

	standard_streams_open();
	struct error *error = parse_options(argc, argv, &options, &done);

	if (!error && !done)
		error = options.export ? export(&options) : run(&options);
	text_list_deinit(&options.ignored);
	return error_report(standard_output_finish(error), "krestore");
}
