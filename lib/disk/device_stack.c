/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/device_stack.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/disk/dm_table.h"

#define SECTOR_BYTES 512
/* Deeper than any stack that works: a table may name its own device. */
#define DEPTH_MAX 16

struct stack {
	const char *root;
	const struct device_visit *visit;
	unsigned int depth;
	bool failed;
};

/* A path below the device's folder; heap. */
static char *path_of(dev_t device, const char *name)
{
	return xasprintf("/sys/dev/block/%u:%u/%s", major(device), minor(device), name);
}

char *device_attribute(const char *root, dev_t device, const char *name)
{
	AUTO_FREE char *path = path_of(device, name);

	return first_line_or_null(root, path);
}

static bool has(const char *root, dev_t device, const char *name)
{
	AUTO_FREE char *below = path_of(device, name);
	AUTO_FREE char *path = path_below(root, below);

	return !access(path, F_OK);
}

static bool parse_device(const char *text, dev_t *ret_device)
{
	unsigned int major_number, minor_number;

	if (!text || sscanf(text, "%u:%u", &major_number, &minor_number) != 2)
		return false;
	*ret_device = makedev(major_number, minor_number);
	return true;
}

/* A partition's folder lies in that of its disk. */
bool device_disk_of(const char *root, dev_t device, dev_t *ret_disk)
{
	AUTO_FREE char *text = has(root, device, "partition") ? device_attribute(root, device, "../dev") : NULL;

	return parse_device(text, ret_disk);
}

static int is_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool has_entries(const char *root, dev_t device, const char *name)
{
	AUTO_FREE char *below = path_of(device, name);
	AUTO_FREE char *path = path_below(root, below);
	struct dirent **entries;
	int count = scandir(path, &entries, is_name, NULL);

	for (int i = 0; i < count; i++)
		free(entries[i]);
	if (count >= 0)
		free(entries);
	return count > 0;
}

bool device_is_stacked(const char *root, dev_t device)
{
	dev_t parent;

	if (has(root, device, "dm") || has(root, device, "md") || has(root, device, "loop") ||
	    has_entries(root, device, "slaves"))
		return true;
	return device_disk_of(root, device, &parent) && device_is_stacked(root, parent);
}

bool device_has_holders(const char *root, dev_t device)
{
	return has_entries(root, device, "holders");
}

static void map(struct stack *stack, dev_t device, uint64_t offset, uint64_t size);

static void map_below(void *context, dev_t device, uint64_t offset, uint64_t size)
{
	map(context, device, offset, size);
}

static bool map_dm(struct stack *stack, dev_t device, uint64_t offset, uint64_t size)
{
	AUTO_DM_TABLE struct dm_table table = { 0 };
	const struct device_visit below = { .visit = map_below, .context = stack };

	if (!dm_table_read(device, &table))
		return false;
	for (size_t i = 0; size && i < table.count; i++) {
		const struct dm_line *line = &table.lines[i];
		uint64_t start = line->start * SECTOR_BYTES, length = line->length * SECTOR_BYTES;

		if (offset < start || offset - start >= length)
			continue;
		uint64_t part = length - (offset - start) < size ? length - (offset - start) : size;

		if (stack->visit->is_encrypted && !strcmp(line->type, "crypt"))
			*stack->visit->is_encrypted = true;
		if (!dm_line_map(line, offset - start, part, &below))
			return false;
		offset += part;
		size -= part;
	}
	return !size;
}

static int is_part(const struct dirent *entry)
{
	return !strncmp(entry->d_name, "dev-", strlen("dev-"));
}

/* One part of an array: `name` is its folder. A spare or failed one does not hold the array's bytes. */
static bool map_part(struct stack *stack, dev_t device, const char *name, uint64_t offset, uint64_t size)
{
	AUTO_FREE char *state_name = xasprintf("md/%s/state", name), *state = device_attribute(stack->root, device, state_name);
	AUTO_FREE char *start_name = xasprintf("md/%s/offset", name), *start = device_attribute(stack->root, device, start_name);
	AUTO_FREE char *below_name = xasprintf("md/%s/block/dev", name);
	AUTO_FREE char *below = device_attribute(stack->root, device, below_name);
	dev_t part;

	if (!state)
		return false;
	/* Its disk may be gone, and its folder stays until mdadm removes it. */
	if (!strstr(state, "in_sync"))
		return true;
	if (!start || !parse_device(below, &part))
		return false;
	map(stack, part, strtoull(start, NULL, 10) * SECTOR_BYTES + offset, size);
	return true;
}

static bool map_md(struct stack *stack, dev_t device, uint64_t offset, uint64_t size)
{
	AUTO_FREE char *level = device_attribute(stack->root, device, "md/level");
	AUTO_FREE char *below = path_of(device, "md"), *path = path_below(stack->root, below);
	struct dirent **entries;
	int count = level && !strcmp(level, "raid1") ? scandir(path, &entries, is_part, alphasort) : -1;
	bool good = count > 0;

	for (int i = 0; i < count; i++) {
		good = good && map_part(stack, device, entries[i]->d_name, offset, size);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return good;
}

static bool map_partition(struct stack *stack, dev_t device, dev_t parent, uint64_t offset, uint64_t size)
{
	AUTO_FREE char *start = device_attribute(stack->root, device, "start");

	if (start)
		map(stack, parent, strtoull(start, NULL, 10) * SECTOR_BYTES + offset, size);
	return start;
}

static bool map_one(struct stack *stack, dev_t device, uint64_t offset, uint64_t size)
{
	dev_t parent;

	if (has(stack->root, device, "dm"))
		return map_dm(stack, device, offset, size);
	if (has(stack->root, device, "md"))
		return map_md(stack, device, offset, size);
	if (device_disk_of(stack->root, device, &parent) && device_is_stacked(stack->root, parent))
		return map_partition(stack, device, parent, offset, size);
	if (device_is_stacked(stack->root, device))
		return false;
	stack->visit->visit(stack->visit->context, device, offset, size);
	return true;
}

/* A place behind its end would be in the next partition, or in what an array has for itself. */
static bool is_within(const char *root, dev_t device, uint64_t offset, uint64_t size)
{
	AUTO_FREE char *text = device_attribute(root, device, "size");
	uint64_t end = text ? strtoull(text, NULL, 10) * SECTOR_BYTES : UINT64_MAX;

	return size <= end && offset <= end - size;
}

static void map(struct stack *stack, dev_t device, uint64_t offset, uint64_t size)
{
	if (stack->failed || stack->depth >= DEPTH_MAX || !is_within(stack->root, device, offset, size)) {
		stack->failed = true;
		return;
	}
	stack->depth++;
	stack->failed |= !map_one(stack, device, offset, size);
	stack->depth--;
}

bool device_stack_map(const char *root, dev_t device, uint64_t offset, uint64_t size, const struct device_visit *visit)
{
	struct stack stack = { .root = root, .visit = visit };

	map(&stack, device, offset, size);
	return !stack.failed;
}
