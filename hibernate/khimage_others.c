/* SPDX-License-Identifier: GPL-2.0-only */
#include "khimage_others.h"

#include <stdlib.h>

#include "block_devices.h"
#include "khimage.h"
#include "memory.h"

static void look(void *context, int fd, const char *path)
{
	struct khimage_newest *newest = context;
	struct khimage image;

	(void)fd;
	if (!khimage_probe_path(path))
		return;

	struct error *error = khimage_open(&image, path);

	/* What is damaged says nothing, and cannot be restored. */
	if (error) {
		error_free(error);
		return;
	}
	if (image.superblock.generation > newest->generation) {
		free(newest->path);
		*newest = (struct khimage_newest){ image.superblock.generation, xstrdup(path) };
	}
	khimage_close(&image);
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
