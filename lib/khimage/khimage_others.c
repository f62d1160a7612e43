/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/khimage_others.h"

#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/disk/block_devices.h"
#include "lib/khimage/khimage.h"

static void look(void *context, int fd, const char *path)
{
	struct khimage_newest *newest = context;
	struct khimage_superblock superblock = { 0 };
	/* It need not be whole: that it was written makes the others old. */
	struct error *error = khimage_look(path, &superblock, NULL);

	(void)fd;
	/* A superblock that is damaged says nothing. */
	error_free(error);
	if (superblock.generation <= newest->generation)
		return;
	free(newest->path);
	*newest = (struct khimage_newest){ superblock.generation, xstrdup(path) };
}

struct error *khimage_others_newest(const char *path, struct khimage_newest *ret_newest)
{
	struct khimage_newest newest = { 0 };
	struct error *error = block_devices_each(block_device_of(path), look, &newest);

	if (error)
		free(newest.path);
	else
		*ret_newest = newest;
	return error;
}
