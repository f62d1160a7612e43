/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/whereabouts.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/device_name.h"
#include "lib/disk/device_open.h"
#include "lib/disk/disk_blocks.h"
#include "lib/disk/file_blocks.h"
#include "lib/disk/storage.h"
#include "lib/khimage/khimage_swap.h"

void whereabouts_deinit(struct whereabouts *where)
{
	for (size_t i = 0; i < where->count; i++) {
		free(where->members[i].device);
		free(where->members[i].name);
		extents_deinit(&where->members[i].blocks);
		extents_deinit(&where->members[i].parts);
	}
	free(where->members);
	free(where->name);
}

/* Of a file, or a whole device. */
static struct error *find_blocks(const char *file, struct disk_blocks *ret_blocks)
{
	struct extent whole;
	struct error *error;

	if (!device_is_block(file))
		return file_blocks_find(file, ret_blocks);
	error = storage_whole_device(file, &whole);
	if (!error)
		disk_blocks_add(ret_blocks, block_device_of(file), whole.offset, whole.size_bytes);
	return error;
}

static struct error *take_member(struct whereabouts_member *member, struct disk_blocks_part *part)
{
	AUTO_FREE char *numbers = xasprintf("%u:%u", major(part->device), minor(part->device));
	struct error *error = device_name_find(numbers, &member->device);

	member->blocks = part->blocks;
	part->blocks = (struct extents){ 0 };
	member->offset = member->blocks.items[0].offset;
	if (!error)
		member->name = xasprintf("%s@%" PRIu64, member->device, member->offset);
	return error;
}

static struct error *take_members(struct whereabouts *where, struct disk_blocks *found)
{
	struct error *error = NULL;

	where->is_encrypted = found->is_encrypted;
	where->members = xcalloc(found->count, sizeof(*where->members));
	for (; !error && where->count < found->count; where->count++) {
		error = take_member(&where->members[where->count], &found->parts[where->count]);
		if (!error)
			storage_name_add(&where->name, where->members[where->count].name);
	}
	return error;
}

/* By the file's own first page, where that is another one on the disk. */
static bool begins_as_swap(const char *file)
{
	enum storage_head head = STORAGE_HEAD_NONE;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return false;
	error_free(storage_read_head(fd, file, 0, &head));
	close(fd);
	return head == STORAGE_HEAD_SWAP;
}

struct error *whereabouts_find(const char *file, struct whereabouts *ret_where)
{
	AUTO_DISK_BLOCKS struct disk_blocks blocks = { 0 }, found = { 0 };
	enum storage_head head = STORAGE_HEAD_NONE;
	struct error *error = find_blocks(file, &blocks);

	if (!error)
		error = disk_blocks_find("/", &blocks, file, &found);
	if (!error)
		error = take_members(ret_where, &found);
	if (!error)
		error = khimage_swap_head(ret_where->name, &head);
	ret_where->is_swap = head == STORAGE_HEAD_SWAP || head == STORAGE_HEAD_HELD_SWAP ||
			     (ret_where->is_encrypted && begins_as_swap(file));
	for (size_t i = 0; !error && i < ret_where->count; i++) {
		struct whereabouts_member *member = &ret_where->members[i];

		error = storage_lay_out(&member->blocks, ret_where->is_swap ? EXTENT_ALIGN_BYTES : 0, file,
					&member->map_offset, &member->parts);
	}
	return error;
}

struct error *whereabouts_error_moved(const char *file)
{
	return error_new("%s was moved on its disk since setup, or made anew: the next boot would not find a snapshot in it. "
			 "Run \"khibernate setup --device=%s\" and put khibernate into the boot's initramfs again",
			 file, file);
}

/* Whether `device` names the member; *ret_count: how many it names. */
static bool names_member(const char *device, const struct whereabouts_member *member, size_t *ret_count)
{
	bool found = false;
	char *name;

	for (*ret_count = 0; (name = storage_name_member(device, *ret_count)); ++*ret_count) {
		found |= !strcmp(name, member->name);
		free(name);
	}
	return found;
}

struct error *whereabouts_check_name(const struct whereabouts *where, const char *file, const char *device, bool degraded)
{
	size_t noted = 0;
	bool all = true;

	for (size_t i = 0; i < where->count; i++)
		all &= names_member(device, &where->members[i], &noted);
	return all && (degraded || noted == where->count) ? NULL : whereabouts_error_moved(file);
}

struct error *whereabouts_lasting_name(const struct whereabouts *where, char **ret_name)
{
	AUTO_FREE char *all = NULL;

	for (size_t i = 0; i < where->count; i++) {
		AUTO_FREE char *lasting = NULL;
		struct error *error = device_name_lasting_with_content(where->members[i].device, &lasting);

		if (error)
			return error;
		AUTO_FREE char *name = xasprintf("%s@%" PRIu64, lasting, where->members[i].offset);

		storage_name_add(&all, name);
	}
	*ret_name = TAKE_PTR(all);
	return NULL;
}
