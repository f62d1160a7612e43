/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/snapshot_origin.h"

#include <stdio.h>

#include "lib/core/jump_note.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/devices_in_use.h"
#include "lib/khimage/khimage.h"
#include "lib/machine/fingerprint.h"

/* The digest of the saved machine's memory map; 0 if it is not known. */
static uint64_t memory_digest(const char *path)
{
	AUTO_KHIMAGE struct khimage snapshot = { 0 };
	AUTO_JUMP_NOTE struct jump_note note = { 0 };
	struct error *error = khimage_open(&snapshot, path);

	if (!error && snapshot.is_locked)
		return snapshot.superblock.encryption.memory_digest;
	if (!error && snapshot.core.notes)
		error = jump_note_find(&snapshot.core, &note);

	uint64_t digest = error ? 0 : note.fixed.memory_digest;

	error_free(error);
	return digest;
}

bool snapshot_is_of_other_memory(const char *path)
{
	AUTO_MACHINE struct machine machine = { 0 };
	uint64_t digest = memory_digest(path);
	struct error *error = digest ? machine_init(&machine, "/") : NULL;
	bool differs = digest && !error && fingerprint_memory(&machine) != digest;

	error_free(error);
	return differs;
}

/* The snapshot's list; empty if it has none. */
static struct error *noted_filesystems(const char *path, struct filesystem_list *ret_list)
{
	AUTO_KHIMAGE struct khimage snapshot = { 0 };
	struct error *error = khimage_open(&snapshot, path);
	struct bytes desc;

	if (error || !snapshot.core.notes ||
	    !core_file_note(&snapshot.core, KJUMP_NOTE_NAME, KJUMP_FILESYSTEMS_NOTE_TYPE, &desc))
		return error;
	return filesystem_list_parse(desc, path, ret_list);
}

bool snapshot_may_share_filesystems(const char *path)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list noted = { 0 }, used = { 0 };
	struct error *error = noted_filesystems(path, &noted);

	if (!error)
		error = devices_in_use_list(&used);

	bool shares = error || !noted.count || !block_devices_can_probe();

	for (size_t i = 0; !shares && i < used.count; i++)
		shares = filesystem_list_find(&noted, &used.items[i]) < noted.count;
	error_free(error);
	return shares;
}

void snapshot_print_left_alone(const char *path)
{
	printf("khibernate: the snapshot on %s is of another machine, or this one's memory was changed: it is left alone; "
	       "\"khibernate cancel\" gives it up\n", path);
}
