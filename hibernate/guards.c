/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/guards.h"

#include <inttypes.h>
#include <string.h>

#include "hibernate/mounted_guard.h"
#include "lib/base/alloc.h"
#include "lib/khimage/khimage_others.h"
#include "lib/machine/fingerprint.h"
#include "lib/machine/kernel_map.h"

static struct error *check_architecture(const struct guard_scene *scene)
{
	if (scene->note->fixed.elf_machine == scene->machine->arch->elf_machine)
		return NULL;
	return error_new("the snapshot is of a kernel of another architecture than this %s one",
			 scene->machine->arch->name);
}

/* Two devices with one snapshot, of which one was used: this one may be outdated. */
static struct error *refuse_twin(const char *path, const char *twin, uint32_t twin_state)
{
	return error_new("%s and %s both have this snapshot, and that on %s is %s: if it was resumed from there, its file "
			 "systems have left this one's past. Take away the one that is the copy",
			 path, twin, twin, khimage_state_name(twin_state));
}

/* A later snapshot of the same boot, on any disk and in any state, proves that the kernel continued after this one. */
static struct error *judge_others(const struct guard_scene *scene, const struct khimage_others *others)
{
	const char *path = snapshot_core(scene->snapshot)->path;
	uint64_t generation = scene->snapshot->khimage.superblock.generation;

	if (others->newest_generation > generation)
		return error_new("a later snapshot of this kernel was made on %s (number %" PRIu64 ", this one on %s is %" PRIu64
				 "): the file systems have changed since this one",
				 others->newest, others->newest_generation, path, generation);
	if (others->twin)
		return refuse_twin(path, others->twin, others->twin_state);
	if (others->copy) {
		AUTO_FREE char *text = xasprintf("%s is a copy of the snapshot on %s: only one of them may ever be resumed, do "
						 "not keep the other", others->copy, path);

		scene->say(text);
	}
	return NULL;
}

static struct error *check_generation(const struct guard_scene *scene)
{
	AUTO_KHIMAGE_OTHERS struct khimage_others others = { 0 };
	struct khimage_identity identity = { .generation = scene->snapshot->khimage.superblock.generation,
					     .image_id = scene->snapshot->khimage.superblock.image_id };

	if (!scene->snapshot->is_khimage)
		return NULL;
	memcpy(identity.boot_id, scene->note->fixed.boot_id, sizeof(identity.boot_id));

	struct error *error = khimage_others_find(snapshot_core(scene->snapshot)->path, &identity, &others);

	return error ? error : judge_others(scene, &others);
}

static struct error *check_page_tables(const struct guard_scene *scene)
{
	const struct arch *arch = scene->machine->arch;
	int levels = kernel_map_levels(scene->machine->root, arch);

	if (!levels)
		scene->say("this kernel's page tables cannot be read (CONFIG_PROC_KCORE): whether they are of the "
			   "same form as the saved kernel's is not known");
	return kernel_map_check_levels(arch, levels, "saved kernel", scene->note->fixed.paging_levels);
}

/* A snapshot belongs to one machine: the same memory, the same processor. */
static struct error *check_memory_map(const struct guard_scene *scene)
{
	if (fingerprint_memory(scene->machine) == scene->note->fixed.memory_digest)
		return NULL;
	return error_new("the snapshot is from another machine, or this one was changed: its memory map differs");
}

static struct error *check_processor(const struct guard_scene *scene)
{
	if (fingerprint_cpu(scene->machine->root) == scene->note->fixed.cpu_digest)
		return NULL;
	return error_new("the snapshot is from another machine, or this one was changed: its processor differs");
}

/* The file systems on the disks, not this kernel's own. */
static struct error *check_file_systems(const struct guard_scene *scene)
{
	bool known = true;
	struct error *error = filesystem_guard_check(snapshot_core(scene->snapshot), scene->except, &known);

	if (!error && !known)
		scene->say("the snapshot has no list of file systems (kdump writes one): whether file systems "
			   "were written to since is not known");

	AUTO_FREE char *unwatched = error ? NULL : filesystem_guard_unwatched(snapshot_core(scene->snapshot));

	if (unwatched) {
		AUTO_FREE char *text = xasprintf("not found when the snapshot was made, so whether it was written to since is not "
						 "known: %s", unwatched);

		scene->say(text);
	}
	return error;
}

/* This kernel's own file systems. */
static struct error *check_mounts(const struct guard_scene *scene)
{
	return mounted_guard_check(snapshot_core(scene->snapshot), scene->except);
}

static struct error *check_window(const struct guard_scene *scene)
{
	return restore_check_free(scene->restore, &scene->machine->ram);
}

static struct error *check_index(const struct guard_scene *scene)
{
	return restore_check(scene->restore);
}

static struct error *check_memory_access(const struct guard_scene *scene)
{
	return physical_memory_try(scene->memory, &scene->note->memory);
}

const struct guard guards[] = {
	{ "architecture", true, false, false, true, check_architecture },
	{ "page-tables", true, false, false, true, check_page_tables },
	{ "memory-map", true, false, true, false, check_memory_map },
	{ "processor", true, false, true, false, check_processor },
	{ "mounts", true, false, true, false, check_mounts },
	{ "file-systems", true, false, false, false, check_file_systems }, /* --force covers missing ones only */
	/* After the guard that waits for disks. */
	{ "generation", true, false, true, false, check_generation },
	{ "index", false, false, false, false, check_index },
	{ "window", true, true, false, true, check_window },
	{ "memory-access", false, true, false, true, check_memory_access },
};
const size_t guard_count = ARRAY_COUNT(guards);

static struct error *ask(const struct guard *guard, const struct guard_scene *scene, bool force)
{
	struct error *error = guard->needs_machine && !scene->machine ? NULL : guard->check(scene);

	if (!error)
		return NULL;
	error = error_prefix(error, "guard \"%s\"", guard->name);
	if (!guard->can_be_forced)
		return error;
	if (!force) {
		struct error *hinted = error_new("%s (krestore --force to continue)", error_text(error));

		error_free(error);
		return hinted;
	}
	error = error_prefix(error, "continuing because of --force");
	scene->say(error_text(error));
	error_free(error);
	return NULL;
}

static struct error *ask_all(const struct guard_scene *scene, bool force, bool need_memory, bool *ret_other_kernel)
{
	for (size_t i = 0; i < guard_count; i++) {
		struct error *error = guards[i].needs_memory == need_memory ? ask(&guards[i], scene, force) : NULL;

		if (error) {
			*ret_other_kernel = guards[i].is_of_kernel;
			return error;
		}
	}
	return NULL;
}

struct error *guards_ask(const struct guard_scene *scene, bool force, bool *ret_other_kernel)
{
	return ask_all(scene, force, false, ret_other_kernel);
}

struct error *guards_ask_memory(const struct guard_scene *scene, bool force, bool *ret_other_kernel)
{
	return ask_all(scene, force, true, ret_other_kernel);
}
