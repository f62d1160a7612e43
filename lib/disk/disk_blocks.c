/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/disk_blocks.h"

#include <stdint.h>
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/disk/device_stack.h"

void disk_blocks_deinit(struct disk_blocks *blocks)
{
	for (size_t i = 0; i < blocks->count; i++)
		extents_deinit(&blocks->parts[i].blocks);
	free(blocks->parts);
	*blocks = (struct disk_blocks){ 0 };
}

static struct disk_blocks_part *part_on(struct disk_blocks *blocks, dev_t device)
{
	for (size_t i = 0; i < blocks->count; i++)
		if (blocks->parts[i].device == device)
			return &blocks->parts[i];
	blocks->parts = xgrow(blocks->parts, &blocks->capacity, blocks->count + 1, sizeof(*blocks->parts));
	blocks->parts[blocks->count] = (struct disk_blocks_part){ .device = device };
	return &blocks->parts[blocks->count++];
}

void disk_blocks_add(struct disk_blocks *blocks, dev_t device, uint64_t offset, uint64_t size_bytes)
{
	extents_add(&part_on(blocks, device)->blocks, (struct extent){ offset, size_bytes });
}

static void add(void *context, dev_t device, uint64_t offset, uint64_t size)
{
	disk_blocks_add(context, device, offset, size);
}

static bool is_aligned(const struct extents *blocks)
{
	for (size_t i = 0; i < blocks->count; i++)
		if ((blocks->items[i].offset | blocks->items[i].size_bytes) % EXTENT_ALIGN_BYTES)
			return false;
	return true;
}

/* A mirror has all of it; of a device on several disks each has a part. */
static struct error *check(const struct disk_blocks *found, uint64_t wanted_bytes, const char *name)
{
	for (size_t i = 0; i < found->count; i++) {
		if (extents_bytes(&found->parts[i].blocks) != wanted_bytes)
			return error_new("%s lies on more than one disk, and a snapshot has to lie on one, or on the mirrors of a "
					 "RAID1: name another place", name);
		if (!is_aligned(&found->parts[i].blocks))
			return error_new("%s does not begin at a multiple of %u bytes of its disk: name another place", name,
					 EXTENT_ALIGN_BYTES);
	}
	return NULL;
}

/* Takes the parts of `from`, which has none then. */
static void take_parts(struct disk_blocks *blocks, struct disk_blocks *from)
{
	for (size_t i = 0; i < from->count; i++) {
		struct disk_blocks_part *part = part_on(blocks, from->parts[i].device);

		extents_deinit(&part->blocks);
		*part = from->parts[i];
	}
	blocks->is_encrypted |= from->is_encrypted;
	from->count = 0;
}

static struct error *find_part(const char *root, const struct disk_blocks_part *part, const char *name,
			       struct disk_blocks *all)
{
	AUTO_DISK_BLOCKS struct disk_blocks found = { 0 };
	const struct device_visit visit = { .visit = add, .context = &found, .is_encrypted = &found.is_encrypted };
	bool known = part->blocks.count > 0;

	for (size_t i = 0; known && i < part->blocks.count; i++)
		known = device_stack_map(root, part->device, part->blocks.items[i].offset, part->blocks.items[i].size_bytes,
					 &visit);
	if (!known || !found.count)
		return error_new("where %s lies on disks is not known: LVM without thin volumes, snapshots and caches, encryption "
				 "(without integrity) and RAID1 can be used, and partitions", name);

	struct error *error = check(&found, extents_bytes(&part->blocks), name);

	if (!error)
		take_parts(all, &found);
	return error;
}

struct error *disk_blocks_find(const char *root, const struct disk_blocks *blocks, const char *name,
			       struct disk_blocks *ret_blocks)
{
	AUTO_DISK_BLOCKS struct disk_blocks all = { 0 };
	struct error *error = NULL;

	for (size_t i = 0; !error && i < blocks->count; i++)
		error = find_part(root, &blocks->parts[i], name, &all);
	if (error)
		return error;
	*ret_blocks = all;
	all = (struct disk_blocks){ 0 };
	return NULL;
}
