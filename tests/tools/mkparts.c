/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: mkparts [--swap] DEVICE OFFSET:SIZE...
 * Makes an empty khimage in these parts of a device, or of a file in its place, and prints its name, DEVICE@OFFSET.
 * With --swap the first block is the header of a swap area, which is left alone.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/disk/storage.h"
#include "lib/khimage/khimage.h"

static struct error *make(const char *device, const struct extents *blocks, uint64_t head_bytes)
{
	AUTO_EXTENTS struct extents extents = { 0 };
	AUTO_FREE char *name = xasprintf("%s@%" PRIu64, device, blocks->count ? blocks->items[0].offset : 0);
	uint64_t offset;
	int fd = open(device, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return error_new("cannot open %s", device);

	struct error *error = storage_lay_out(blocks, head_bytes, device, &offset, &extents);

	if (!error)
		error = storage_write_map(fd, device, offset, &extents, NULL);
	if (!error)
		error = khimage_format(name);
	if (!error)
		puts(name);
	close(fd);
	return error;
}

int main(int argc, char **argv)
{
	AUTO_EXTENTS struct extents blocks = { 0 };
	bool is_swap = argc > 1 && !strcmp(argv[1], "--swap");
	char **words = argv + 1 + is_swap;

	if (argc < 3 + is_swap)
		return 2;
	for (char **word = words + 1; *word; word++) {
		struct extent extent;

		if (sscanf(*word, "%" SCNu64 ":%" SCNu64, &extent.offset, &extent.size_bytes) != 2)
			return 2;
		extents_add(&blocks, extent);
	}
	return error_report(make(*words, &blocks, is_swap ? EXTENT_ALIGN_BYTES : 0), "mkparts");
}
