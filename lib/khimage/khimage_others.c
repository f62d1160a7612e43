/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/khimage_others.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/core/jump_note.h"
#include "lib/disk/block_devices.h"
#include "lib/khimage/khimage.h"

_Static_assert(KHIMAGE_BOOT_ID_BYTES == sizeof(((struct kjump_note *)0)->boot_id), "the same id");

void khimage_others_deinit(struct khimage_others *others)
{
	free(others->newest);
	free(others->twin);
	free(others->copy);
	*others = (struct khimage_others){ 0 };
}

static bool is_known(const uint8_t boot_id[KHIMAGE_BOOT_ID_BYTES])
{
	static const uint8_t unknown[KHIMAGE_BOOT_ID_BYTES];

	return memcmp(boot_id, unknown, sizeof(unknown)) != 0;
}

enum khimage_relation khimage_relation(const struct khimage_identity *snapshot, const struct khimage_superblock *other,
				       const uint8_t other_boot_id[KHIMAGE_BOOT_ID_BYTES])
{
	if (!is_known(snapshot->boot_id) || memcmp(snapshot->boot_id, other_boot_id, KHIMAGE_BOOT_ID_BYTES) != 0)
		return KHIMAGE_UNRELATED;
	if (other->generation != snapshot->generation)
		return other->generation > snapshot->generation ? KHIMAGE_LATER : KHIMAGE_EARLIER;
	return other->state == KHIMAGE_COMMITTED && other->image_id == snapshot->image_id ? KHIMAGE_COPY : KHIMAGE_TWIN;
}

/* Before superblocks had the boot id, only the note had it; if the note is damaged, the boot is not known. */
static void read_boot_id(const char *path, const struct khimage_superblock *superblock,
			 uint8_t ret_boot_id[KHIMAGE_BOOT_ID_BYTES])
{
	AUTO_KHIMAGE struct khimage snapshot = { 0 };
	AUTO_JUMP_NOTE struct jump_note note = { 0 };
	struct error *error;

	memcpy(ret_boot_id, superblock->boot_id, KHIMAGE_BOOT_ID_BYTES);
	if (is_known(ret_boot_id) || (superblock->state != KHIMAGE_COMMITTED && superblock->state != KHIMAGE_USED))
		return;
	error = khimage_open(&snapshot, path);
	if (!error)
		error = jump_note_find(&snapshot.core, &note);
	if (!error)
		memcpy(ret_boot_id, note.fixed.boot_id, KHIMAGE_BOOT_ID_BYTES);
	error_free(error);
}

struct search {
	const struct khimage_identity *snapshot;
	struct khimage_others *others;
};

static void note_path(char **slot, const char *path)
{
	free(*slot);
	*slot = xstrdup(path);
}

static void examine_device(void *context, int fd, const char *path)
{
	const struct search *search = context;
	struct khimage_others *others = search->others;
	struct khimage_superblock superblock = { 0 };
	uint8_t boot_id[KHIMAGE_BOOT_ID_BYTES];
	/* The superblock suffices: a later snapshot makes the others old, whether or not it is whole. */
	struct error *error = khimage_read_state(path, &superblock, NULL);

	(void)fd;
	/* A damaged superblock is ignored. */
	error_free(error);
	if (!superblock.state)
		return;
	read_boot_id(path, &superblock, boot_id);

	enum khimage_relation relation = khimage_relation(search->snapshot, &superblock, boot_id);

	if (relation == KHIMAGE_TWIN) {
		note_path(&others->twin, path);
		others->twin_state = superblock.state;
	}
	if (relation == KHIMAGE_COPY)
		note_path(&others->copy, path);
	if (relation != KHIMAGE_UNRELATED && superblock.generation > others->newest_generation) {
		note_path(&others->newest, path);
		others->newest_generation = superblock.generation;
	}
}

struct error *khimage_others_find(const char *path, const struct khimage_identity *snapshot,
				  struct khimage_others *ret_others)
{
	struct khimage_others others = { 0 };
	struct search search = { snapshot, &others };
	struct error *error = block_devices_each(block_device_of(path), examine_device, &search);

	if (error)
		khimage_others_deinit(&others);
	else
		*ret_others = others;
	return error;
}
