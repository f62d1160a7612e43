/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/place/page_spare.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/parallel.h"
#include "lib/base/text.h"
#include "lib/machine/machine.h"

/* As restore_place.c has at most. */
#define THREADS_MAX 8

/* A processor fills a list with a batch at a time, and there are some lists: three types of pages, larger orders. */
#define BATCHES 4

/* The number behind a name at the beginning of a line, after blanks; false if it is another line. */
static bool read_number(const char *line, const char *name, uint64_t *ret_number)
{
	line += strspn(line, " ");
	if (strncmp(line, name, strlen(name)) != 0)
		return false;
	*ret_number = strtoull(line + strlen(name), NULL, 10);
	return true;
}

/* Of each processor and zone: `high:`, `batch:`, `vm stats threshold:` (mm/vmstat.c, zoneinfo_show_print). */
uint64_t page_spare_zone_pages(const char *zoneinfo)
{
	uint64_t pages = 0, high = 0, number;
	char *line;

	while ((line = next_line(&zoneinfo))) {
		if (read_number(line, "high:", &number))
			high = number;
		else if (read_number(line, "batch:", &number))
			pages += high < number * BATCHES ? high : number * BATCHES;
		else if (read_number(line, "vm stats threshold:", &number))
			pages += number;
		free(line);
	}
	return pages;
}

uint64_t page_spare_bytes(const char *root)
{
	AUTO_FREE char *text = NULL;
	uint64_t total = 0;

	error_free(machine_total_memory(root, &total));
	error_free(read_small_file(root, "/proc/zoneinfo", &text, NULL));
	return page_spare_sum(total, parallel_threads(THREADS_MAX), text ? page_spare_zone_pages(text) : 0);
}
