/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/restoring.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hibernate/guards.h"
#include "hibernate/placing_load.h"
#include "hibernate/put_off.h"
#include "hibernate/refused_jump.h"
#include "hibernate/restore.h"
#include "hibernate/window_jump.h"
#include "kexec/plan/sys.h"
#include "lib/base/alloc.h"
#include "lib/base/progress.h"
#include "lib/base/secret.h"
#include "lib/base/size_text.h"
#include "lib/base/unique.h"
#include "lib/khimage/snapshot.h"
#include "lib/machine/kernel_cmdline.h"
#include "lib/machine/machine.h"
#include "lib/machine/step_clock.h"

#define MEMORY_DEVICE "/dev/mem"

static struct error *find_entry(const struct restoring *options, const struct jump_note *note, uint64_t *ret_entry)
{
	if (options->entry)
		return jump_back_entry_parse(options->entry, "--entry", ret_entry);
	if (!note->fixed.jump_back_entry)
		return error_new("%s has no jump-back entry; give --entry", options->snapshot);
	*ret_entry = note->fixed.jump_back_entry;
	return NULL;
}

/* Four more guards, where their subject is read: three before all others, one after. */
#define GUARD_IMAGE "guard \"image\""
#define GUARD_STATE "guard \"state\""
#define GUARD_KEY "guard \"key\""
#define GUARD_CONTENT "guard \"content\""

/* The snapshot and this machine, opened without changing them. */
struct scene {
	struct snapshot snapshot;
	struct jump_note note;
	struct machine machine;
	struct restore restore;
	struct guard_scene guarded; /* of all these */
	struct physical_memory memory; /* the window way has this */
	struct placing placing;        /* placement has this */
	struct khimage_unlocking *unlocking; /* borrowed */
	uint64_t entry;
	uint64_t token; /* of this restore, for khimage_mark_used; 0: there is no placing program */
	bool jumps;
	bool by_placement, prints_times;
	const char *program;
	struct console console;
	struct step_clock begun, found, placed;
	void (*say)(const char *text); /* prints a warning */
};

static void scene_deinit(struct scene *scene)
{
	console_close(&scene->console);
	placing_deinit(&scene->placing);
	physical_memory_close(&scene->memory);
	machine_deinit(&scene->machine);
	jump_note_deinit(&scene->note);
	snapshot_close(&scene->snapshot);
}

static struct error *check_state(struct scene *scene, const struct restoring *options)
{
	struct khimage_superblock *superblock = &scene->snapshot.khimage.superblock;
	bool taken_back = false;
	struct error *error = scene->jumps ? refused_jump_take_back(options->snapshot, superblock, !options->check_only,
								    &taken_back) : NULL;

	if (taken_back && !error)
		options->say("the last jump to this snapshot was refused before it had changed anything: it is not "
			     "used");
	return error ? error : khimage_check_state(superblock->state, options->snapshot);
}

/* An ELF core is never encrypted. */
static struct error *unlock(struct snapshot *snapshot, struct khimage_unlocking *unlocking)
{
	struct error *error = NULL;

	if (snapshot->is_khimage)
		error = khimage_unlock(&snapshot->khimage, unlocking);
	else if (unlocking->is_required)
		error = error_new("%s is not encrypted, and only encrypted snapshots are to be restored: it may be forged",
				  snapshot_core(snapshot)->path);
	return error_prefix(error, GUARD_KEY);
}

/* Of one that waits to be restored, or whose last jump was refused. */
static bool is_waiting(const struct snapshot *snapshot)
{
	const struct khimage_superblock *superblock = &snapshot->khimage.superblock;

	return !snapshot->is_khimage || superblock->state == KHIMAGE_COMMITTED || superblock->jump_token;
}

struct error *restoring_open_key(const struct restoring *restoring)
{
	AUTO_SNAPSHOT struct snapshot snapshot = { 0 };
	struct error *error = snapshot_open(&snapshot, restoring->snapshot);
	bool is_readable = !error;

	error_free(error);
	return is_readable && is_waiting(&snapshot) ? unlock(&snapshot, restoring->unlocking) : NULL;
}

static struct error *scene_init(struct scene *scene, const struct restoring *options)
{
	struct error *error;

	scene->begun = step_clock_now();
	error = error_prefix(snapshot_open(&scene->snapshot, options->snapshot), GUARD_IMAGE);
	scene->prints_times = options->times;
	scene->unlocking = options->unlocking;
	scene->program = options->program;
	scene->say = options->say;
	scene->jumps = !options->memory || !strcmp(options->memory, MEMORY_DEVICE);
	scene->restore = (struct restore){ .snapshot = &scene->snapshot, .note = &scene->note };
	/* A khimage that was never committed has no notes: report its state rather than their absence. */
	if (!error && scene->snapshot.is_khimage)
		error = error_prefix(check_state(scene, options), GUARD_STATE);
	if (!error)
		error = unlock(&scene->snapshot, scene->unlocking);
	if (!error)
		error = error_prefix(jump_note_find(snapshot_core(&scene->snapshot), &scene->note), GUARD_IMAGE);
	if (!error)
		error = find_entry(options, &scene->note, &scene->entry);
	if (!error && scene->jumps)
		error = machine_init(&scene->machine, "/");
	scene->guarded = (struct guard_scene){ .snapshot = &scene->snapshot,
					       .note = &scene->note,
					       .restore = &scene->restore,
					       .machine = scene->jumps ? &scene->machine : NULL,
					       .memory = &scene->memory,
					       .except = &options->except,
					       .say = options->say };
	return error;
}

/* ---- the two ways ------------------------------------------------------------ */

static struct error *prepare_window(struct scene *scene, const struct restoring *options)
{
	bool ignored;
	struct error *error = physical_memory_open(&scene->memory, options->memory ? options->memory : MEMORY_DEVICE);

	return error ? error : guards_ask_memory(&scene->guarded, options->force, &ignored);
}

/* A check takes no memory, which programs may need meanwhile. */
static struct error *prepare_placing(struct scene *scene, const struct restoring *options)
{
	if (options->check_only)
		return placing_check(&scene->restore, &scene->machine);
	return placing_prepare(&scene->placing, &scene->restore, &scene->machine, scene->entry);
}

struct error *restoring_neither_way(struct error *placing, struct error *window)
{
	struct error *both = error_new("this kernel cannot restore it. Not by placement: %s. Nor as a kernel in the "
				       "snapshot's window: %s", error_text(placing), error_text(window));

	error_free(placing);
	error_free(window);
	return both;
}

/* Nothing is changed yet, so a way that fails leaves the other one open. */
static struct error *choose_way(struct scene *scene, const struct restoring *options)
{
	enum restoring_method method = options->memory ? RESTORING_WINDOW : options->method;
	struct error *placing = method == RESTORING_WINDOW ? NULL : prepare_placing(scene, options);

	scene->by_placement = method != RESTORING_WINDOW && !placing;
	if (scene->by_placement || method == RESTORING_PLACE)
		return placing;
	placing_deinit(&scene->placing);
	scene->placing = (struct placing){ 0 };

	struct error *window = prepare_window(scene, options);

	if (!placing || window)
		return placing ? restoring_neither_way(placing, window) : window;
	AUTO_FREE char *text = xasprintf("not restored by placement but from the window, where this kernel runs: %s",
					 error_text(placing));

	options->say(text);
	error_free(placing);
	return NULL;
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

/* How long it took up to now. */
static struct khimage_times measure(const struct scene *scene)
{
	const struct step_clock now = step_clock_now();

	return (struct khimage_times){
		.restore_kiloticks = step_clock_kiloticks(&scene->begun),
		.restore_uptime_ms = (uint32_t)(scene->begun.uptime_us / 1000),
		.find_ms = step_clock_ms(&scene->begun, &scene->found),
		.place_ms = step_clock_ms(&scene->found, &scene->placed),
		.read_ms = step_clock_ms(&scene->placed, &now),
	};
}

static void print_times(const struct khimage_times *times)
{
	printf("times: kernel, initramfs %.2f s, find %.2f s, place %.2f s, read %.2f s\n", times->restore_uptime_ms / 1e3,
	       times->find_ms / 1e3, times->place_ms / 1e3, times->read_ms / 1e3);
	fflush(stdout);
}

static void forget_keys(struct scene *scene)
{
	khimage_unlocking_deinit(scene->unlocking);
	khimage_crypt_end(scene->snapshot.khimage.crypt);
	scene->snapshot.khimage.crypt = NULL;
}

/*
 * The last step. Once the mark is on the medium, this snapshot is not restored again: by a signal between mark and jump it
 * would be lost.
 */
static struct error *mark_used_and_jump(struct scene *scene)
{
	const char *path = snapshot_core(&scene->snapshot)->path;
	const struct khimage_times times = measure(scene);
	AUTO_PUT_OFF struct put_off put_off = put_off_begin();
	struct error *error = scene->snapshot.is_khimage ? khimage_set_used(path, &times, scene->token) : NULL;

	if (scene->prints_times)
		print_times(&times);
	if (error || !scene->jumps)
		return error;
	/* Memory of this kernel that the saved one had free stays as it is. */
	forget_keys(scene);
	error = scene->by_placement ? placing_jump(&scene->placing, scene->machine.arch, scene->say) :
				      window_jump(&scene->machine, &scene->note, scene->entry);
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
	progress_begin(progress, scene->program, &scene->console);
	scene->restore.progress = progress_show;
	scene->restore.context = progress;
}

static struct error *end_pass(struct progress *progress, struct error *error)
{
	progress_abandon(progress);
	return error_prefix(error, GUARD_CONTENT);
}

/* Everything that can be known is known before the first write, also that the jump can be loaded. */
static struct error *write_and_jump(struct scene *scene)
{
	struct progress whole, pass;

	progress_begin(&whole, scene->program, NULL);
	if (scene->snapshot.is_khimage)
		print_step("comparing the checksums of all of it, before anything is written");
	begin_pass(scene, &pass);

	struct error *error = end_pass(&pass, restore_check_digests(&scene->restore));

	if (!error && scene->jumps)
		error = window_jump_try(&scene->machine, &scene->note, scene->entry);
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

static struct error *place_and_jump(struct scene *scene, bool *ret_other_kernel)
{
	const struct placement *placement = &scene->placing.placement;
	struct progress whole, pass;

	progress_begin(&whole, scene->program, NULL);
	begin_pass(scene, &pass);

	struct error *error = end_pass(&pass, placing_read(&scene->placing, &scene->restore));

	if (error)
		return error;
	*ret_other_kernel = true;
	scene->token = unique_number();
	error = placing_load(&scene->placing, &scene->machine, scene->token);
	if (error)
		return error;
	AUTO_FREE char *copied = size_text(placement_copy_bytes(placement));

	printf("the placing program will copy %s in %zu pieces and fill %zu\n", copied, placement->copy_count,
	       placement->fill_count);
	progress_end(&whole, "checked and read ", scene->restore.data_bytes);
	print_step(scene->placing.exit.is_jump ? "jumping; if memory has changed, this kernel continues" :
						 "jumping; if memory has changed, the machine restarts");
	error = mark_used_and_jump(scene);
	if (error)
		error_free(sys_kexec_unload(scene->machine.arch, false));
	return error;
}

/*
 * In an initramfs the key, which is in memory by now, also lies in pages that the saved kernel may have free. A kernel
 * that does not get to the jump gives the snapshot up, or passes the key on.
 */
static void forget_key_file(const struct restoring *options)
{
	if (options->console && !options->check_only && options->unlocking && options->unlocking->key)
		secret_file_forget(options->unlocking->key_file);
}

struct error *restoring_run(const struct restoring *options, bool *ret_other_kernel)
{
	__attribute__((cleanup(scene_deinit))) struct scene scene = { .console = CONSOLE_NONE };
	struct error *error = scene_init(&scene, options);

	*ret_other_kernel = false;
	if (!error)
		error = guards_ask(&scene.guarded, options->force, ret_other_kernel);
	if (error)
		return error;
	scene.found = step_clock_now();
	error = choose_way(&scene, options);
	scene.placed = step_clock_now();
	*ret_other_kernel = error != NULL;
	if (error)
		return error;
	print_summary(&scene);
	forget_key_file(options);
	console_open(&scene.console, options->console, "restoring", "boot without the saved system, which is lost?");
	if (!options->check_only)
		return scene.by_placement ? place_and_jump(&scene, ret_other_kernel) : write_and_jump(&scene);

	struct progress pass;

	begin_pass(&scene, &pass);
	return end_pass(&pass, restore_check_content(&scene.restore));
}
