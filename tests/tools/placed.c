/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: placed FILE [SIZE]
 *	placed --where FILE
 * With SIZE it makes the file as khibernate does, of so many bytes. Writes numbers to it, as any program does, and
 * compares what its devices have at the places of file_blocks_find(). Prints these places, a line for each device, or the
 * error. --where does no more than that.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/disk/device_name.h"
#include "lib/disk/file_blocks.h"

#define WORDS (EXTENT_ALIGN_BYTES / sizeof(uint64_t))

static void number_page(uint64_t page[WORDS], uint64_t number)
{
	for (size_t i = 0; i < WORDS; i++)
		page[i] = number * WORDS + i + UINT64_C(0x4b4a000000000000);
}

/* *ret_pages: how many. */
static struct error *write_numbers(const char *file, uint64_t *ret_pages)
{
	uint64_t page[WORDS];
	struct stat status;
	int fd = open(file, O_RDWR | O_CLOEXEC);
	bool good = fd >= 0 && !fstat(fd, &status);

	for (uint64_t at = 0; good && at < (uint64_t)status.st_size; at += sizeof(page)) {
		number_page(page, at / sizeof(page));
		good = pwrite(fd, page, sizeof(page), (off_t)at) == (ssize_t)sizeof(page);
	}
	*ret_pages = good ? ((uint64_t)status.st_size + sizeof(page) - 1) / sizeof(page) : 0;
	good = good && !fsync(fd) && !close(fd);
	sync();
	return good ? NULL : error_new("cannot write %s", file);
}

/* Past the page cache of the device. Behind the file's end it may have blocks, too. */
static struct error *compare(const struct disk_blocks_part *part, uint64_t pages)
{
	AUTO_FREE char *numbers = xasprintf("%u:%u", major(part->device), minor(part->device)), *name = NULL;
	AUTO_FREE uint64_t *found = xpages(EXTENT_ALIGN_BYTES);
	uint64_t wanted[WORDS], number = 0;
	struct error *error = device_name_find(numbers, &name);
	int fd = error ? -1 : open(name, O_RDONLY | O_DIRECT | O_CLOEXEC);

	if (fd < 0)
		return error ? error : error_new("cannot open %s", name);
	for (size_t i = 0; !error && i < part->blocks.count; i++)
		for (uint64_t at = 0; !error && number < pages && at < part->blocks.items[i].size_bytes; at += EXTENT_ALIGN_BYTES) {
			number_page(wanted, number++);
			if (pread(fd, found, EXTENT_ALIGN_BYTES, (off_t)(part->blocks.items[i].offset + at)) !=
				    EXTENT_ALIGN_BYTES || memcmp(found, wanted, EXTENT_ALIGN_BYTES) != 0)
				error = error_new("page %" PRIu64 " is not at %s@%" PRIu64, number - 1, name,
						  part->blocks.items[i].offset + at);
		}
	close(fd);
	return error || number == pages ? error : error_new("%" PRIu64 " of %" PRIu64 " pages have a place", number, pages);
}

static void print_places(const struct disk_blocks *blocks)
{
	for (size_t i = 0; i < blocks->count; i++) {
		const struct disk_blocks_part *part = &blocks->parts[i];

		printf("%u:%u", major(part->device), minor(part->device));
		for (size_t j = 0; j < part->blocks.count; j++)
			printf(" %" PRIu64 "+%" PRIu64, part->blocks.items[j].offset, part->blocks.items[j].size_bytes);
		putchar('\n');
	}
}

int main(int argc, char **argv)
{
	AUTO_DISK_BLOCKS struct disk_blocks blocks = { 0 };
	struct error *error = NULL;
	uint64_t pages = 0;
	bool writes = argc < 2 || strcmp(argv[1], "--where") != 0;

	if (argc < (writes ? 2 : 3))
		return 2;
	if (writes && argc > 2)
		error = file_blocks_make(argv[1], strtoull(argv[2], NULL, 0));
	if (!error && writes)
		error = write_numbers(argv[1], &pages);
	if (!error)
		error = file_blocks_find(argv[writes ? 1 : 2], &blocks);
	for (size_t i = 0; !error && writes && i < blocks.count; i++)
		error = compare(&blocks.parts[i], pages);
	if (!error)
		print_places(&blocks);
	return error_report(error, "placed");
}
