/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/stacked_filesystem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/device_stack.h"
#include "lib/disk/digest_reader.h"
#include "lib/disk/filesystem_digest.h"

/* ---- places ------------------------------------------------------------------ */

struct placing {
	const struct filesystem_list *list;
	const dev_t *devices; /* of the list's items, in its order */
	struct filesystem *filesystem;
	size_t capacity;
	bool failed;
};

static dev_t device_at(const char *path)
{
	struct stat status;

	return stat(path, &status) || !S_ISBLK(status.st_mode) ? 0 : status.st_rdev;
}

/* The index of the item on that device; the list's count if there is none. */
static size_t base_of(const struct placing *placing, dev_t device)
{
	size_t i = 0;

	while (i < placing->list->count && placing->devices[i] != device)
		i++;
	return i;
}

static void add_place(void *context, dev_t device, uint64_t offset, uint64_t size)
{
	struct placing *placing = context;
	struct filesystem *filesystem = placing->filesystem;
	size_t base = base_of(placing, device);

	if (base == placing->list->count) {
		placing->failed = true;
		return;
	}
	filesystem->places = xgrow(filesystem->places, &placing->capacity, filesystem->place_count + 1,
				   sizeof(*filesystem->places));
	filesystem->places[filesystem->place_count++] =
		(struct kjump_filesystem_place){ .offset = offset, .size_bytes = size, .base = (uint32_t)base };
}

/* The digested ranges of the stacked device. */
static struct error *find_ranges(const char *path, struct digest_ranges *ranges)
{
	AUTO_BLOCK_CONTENT struct block_content content = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct error *error = fd < 0 ? error_new("cannot open %s", path) : block_content_probe(fd, path, &content);

	if (!error)
		error = filesystem_digest_ranges(fd, path, content.type ? content.type : "", content.size_bytes,
						 content.magic_offset, ranges);
	if (fd >= 0)
		close(fd);
	return error;
}

static bool place(const char *root, struct placing *placing, size_t number)
{
	AUTO_DIGEST_RANGES struct digest_ranges ranges = { 0 };
	const struct device_visit visit = { .visit = add_place, .context = placing };
	struct error *error = find_ranges(placing->filesystem->device, &ranges);
	bool good = !error;

	error_free(error);
	for (size_t i = 0; good && i < ranges.count; i++)
		good = device_stack_map(root, placing->devices[number], ranges.items[i].start,
					ranges.items[i].end - ranges.items[i].start, &visit);
	return good && !placing->failed && placing->filesystem->place_count;
}

/* The mapper's name: dm-0 is another device after each boot. */
static void rename_mapped(const char *root, struct filesystem *filesystem, dev_t device)
{
	AUTO_FREE char *name = device_attribute(root, device, "dm/name");

	if (!name)
		return;
	free(filesystem->device);
	filesystem->device = xasprintf("/dev/mapper/%s", name);
}

/* Returns whether all file systems on stacked devices have places. */
static bool place_all(const char *root, struct filesystem_list *list, const dev_t *devices)
{
	bool all = true;

	for (size_t i = 0; i < list->count; i++) {
		struct placing placing = { .list = list, .devices = devices, .filesystem = &list->items[i] };

		if (!device_is_stacked(root, devices[i]) || place(root, &placing, i))
			continue;
		list->items[i].place_count = 0;
		list->items[i].flags |= KJUMP_FILESYSTEM_UNWATCHED;
		all = false;
	}
	return all;
}

/* Also those of arrays of which nothing is in use: assembling them writes to their own data only. */
static void mark_parts(struct filesystem_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].type, "linux_raid_member"))
			list->items[i].flags |= KJUMP_FILESYSTEM_PLACES_ONLY;
}

void stacked_filesystems_place(const char *root, struct filesystem_list *list)
{
	AUTO_FREE dev_t *devices = xcalloc(list->count + 1, sizeof(*devices));

	for (size_t i = 0; i < list->count; i++)
		devices[i] = device_at(list->items[i].device);
	if (place_all(root, list, devices))
		mark_parts(list);
	for (size_t i = 0; i < list->count; i++)
		rename_mapped(root, &list->items[i], devices[i]);
}

/* fadvise(2) drops whole pages only. */
#define PAGE_BYTES 4096

/* ---- digests ----------------------------------------------------------------- */

/* Digests one place, on the device that `found` has for its base. */
static struct error *add_place_digest(const struct filesystem *base, const struct kjump_filesystem_place *place,
				      struct digest_reader *reader)
{
	int fd = open(base->device, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_new("cannot open %s", base->device);
	/* Writes through the upper device leave this kernel's page cache of the lower one stale. */
	uint64_t start = place->offset - place->offset % PAGE_BYTES;

	(void)posix_fadvise(fd, (off_t)start, (off_t)(place->offset - start + place->size_bytes + PAGE_BYTES),
			    POSIX_FADV_DONTNEED);
	reader->fd = fd;
	reader->name = base->device;
	reader->end = base->device_bytes;

	struct error *error = digest_reader_add(reader, place->offset, place->size_bytes);

	close(fd);
	return error;
}

static struct error *digest_places(const struct filesystem_list *wanted, const struct filesystem *filesystem,
				   const struct filesystem_list *found, uint8_t *ret_digest)
{
	AUTO_DIGEST_READER struct digest_reader reader = { 0 };
	struct error *error = NULL;

	digest_reader_init(&reader, -1, "", 0);
	for (size_t i = 0; !error && i < filesystem->place_count; i++) {
		const struct kjump_filesystem_place *place = &filesystem->places[i];
		size_t base = filesystem_list_find(found, &wanted->items[place->base]);

		error = base == found->count ? error_new("a disk is not there") :
					       add_place_digest(&found->items[base], place, &reader);
	}
	if (!error)
		digest_reader_result(&reader, ret_digest);
	return error;
}

void stacked_filesystems_add(const struct filesystem_list *wanted, struct filesystem_list *found)
{
	for (size_t i = 0; i < wanted->count; i++) {
		struct filesystem filesystem = wanted->items[i];

		if (!filesystem.place_count)
			continue;
		struct error *error = digest_places(wanted, &filesystem, found, filesystem.digest);

		if (!error)
			filesystem_list_add(found, &filesystem);
		error_free(error);
	}
}
