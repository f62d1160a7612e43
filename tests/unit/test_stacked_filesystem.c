/* SPDX-License-Identifier: GPL-2.0-only */
/* File systems on others, by their places on disks: files stand in for these. */
#include "lib/disk/stacked_filesystem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/disk/digest_reader.h"
#include "lib/disk/filesystem_digest.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define DISK_BYTES (1 << 20)

static void add(struct filesystem_list *list, const char *type, const char *uuid, const char *device)
{
	const struct filesystem filesystem = { .type = (char *)type, .uuid = (char *)uuid, .device = (char *)device,
					       .device_bytes = DISK_BYTES };

	filesystem_list_add(list, &filesystem);
}

/* Whether what has places is changed, missing or neither: its text. */
static char *fate(const struct filesystem_list *noted, const char *first, const char *second)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list found = { 0 }, changed = { 0 }, missing = { 0 };
	struct filesystem_list stacked = { .items = &noted->items[2], .count = 1 };

	add(&found, "swap", "u-other", "/dev/none");
	/* Disks are found in another order. */
	if (second)
		add(&found, "LVM2_member", "u-second", second);
	add(&found, "LVM2_member", "u-first", first);
	stacked_filesystems_add(noted, &found);
	filesystem_list_compare(&stacked, &found, &changed, &missing);
	return xstrdup(changed.count ? "changed" : missing.count ? "missing" : "as it was");
}

static void is_fate(const struct filesystem_list *noted, const char *first, const char *second, const char *wanted,
		    const char *name)
{
	AUTO_FREE char *text = fate(noted, first, second);

	is_text(text, wanted, "%s", name);
}

static void flip(const char *path, long offset)
{
	FILE *file = fopen(path, "r+e");
	int byte;

	if (!file || fseek(file, offset, SEEK_SET) || (byte = fgetc(file)) == EOF || fseek(file, offset, SEEK_SET) ||
	    fputc(byte ^ 1, file) == EOF || fclose(file))
		exit(2);
}

/* The list of the saved kernel, with the digests that the saving one finds. */
static void note_all(const char *first, const char *second, struct filesystem_list *ret_noted)
{
	struct kjump_filesystem_place places[] = { { 4096, 1024, 0, 0 }, { 65536, 512, 1, 0 } };
	struct filesystem data = { .type = "ext4", .uuid = "u-data", .device = "/dev/mapper/data", .device_bytes = 12345,
				   .places = places, .place_count = 2 };
	AUTO_FILESYSTEM_LIST struct filesystem_list used = { 0 }, found = { 0 };

	add(&used, "LVM2_member", "u-first", "/dev/sda2");
	add(&used, "LVM2_member", "u-second", "/dev/sdb");
	filesystem_list_add(&used, &data);
	add(&found, "LVM2_member", "u-first", first);
	add(&found, "LVM2_member", "u-second", second);
	stacked_filesystems_add(&used, &found);
	filesystem_list_take_digests(&used, &found, ret_noted);
}

static void test_places(char *folder)
{
	AUTO_FREE uint8_t *zeros = xcalloc(DISK_BYTES, 1);
	AUTO_FREE char *first = write_file(folder, "first", (struct bytes){ zeros, DISK_BYTES });
	AUTO_FREE char *second = write_file(folder, "second", (struct bytes){ zeros, DISK_BYTES });
	AUTO_FILESYSTEM_LIST struct filesystem_list noted = { 0 };

	note_all(first, second, &noted);
	is_u64(noted.items[2].flags, 0, "what has places is watched");
	is_fate(&noted, first, second, "as it was", "nothing is written");
	flip(first, 8192);
	flip(second, 4096);
	is_fate(&noted, first, second, "as it was", "elsewhere on the disks something is written");
	flip(first, 5119);
	is_fate(&noted, first, second, "changed", "a byte of the first place");
	flip(first, 5119);
	flip(second, 65536);
	is_fate(&noted, first, second, "changed", "a byte of the second, on the other disk");
	flip(second, 65536);
	is_fate(&noted, first, second, "as it was", "as before");
	is_fate(&noted, first, NULL, "missing", "one disk is away");
	is_fate(&noted, first, "/none", "missing", "one disk cannot be read");
}

static void test_ranges(void)
{
	struct digest_range items[] = { { 5000, 5001 }, { 0, 100 }, { 512, 1024 }, { 4096, 4608 }, { 90, 600 } };
	AUTO_DIGEST_RANGES struct digest_ranges ranges = { 0 };

	ranges.items = xcalloc(ARRAY_COUNT(items), sizeof(*items));
	ranges.count = ranges.capacity = ARRAY_COUNT(items);
	memcpy(ranges.items, items, sizeof(items));
	digest_ranges_tidy(&ranges);
	is_u64(ranges.count, 2, "parts that overlap or touch are one");
	ok(ranges.items[0].start == 0 && ranges.items[0].end == 1024, "whole sectors");
	ok(ranges.items[1].start == 4096 && ranges.items[1].end == 5120, "in order");
}

static void test_ranges_of_a_type(const char *folder)
{
	AUTO_FREE uint8_t *zeros = xcalloc(DISK_BYTES, 1);
	AUTO_FREE char *path = write_file(folder, "ext4", (struct bytes){ zeros, DISK_BYTES });
	AUTO_DIGEST_RANGES struct digest_ranges ranges = { 0 };
	FILE *file = fopen(path, "re");

	if (!file)
		exit(2);
	ok(no_error(filesystem_digest_ranges(fileno(file), path, "ext4", DISK_BYTES, 0, &ranges)), "ext4 can be looked at");
	fclose(file);
	ok(ranges.count == 1 && ranges.items[0].start == 1024 && ranges.items[0].end == 2048, "its superblock is what counts");
}

int main(void)
{
	char *folder = make_folder();

	test_places(folder);
	test_ranges();
	test_ranges_of_a_type(folder);
	AUTO_FREE char *remove = xasprintf("rm -rf '%s'", folder);
	free(folder);
	return system(remove) ? 2 : tap_done();
}
