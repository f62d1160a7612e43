/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/place/page_moves.h"

#include <glob.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"

/* Devices that take memory out: drivers/acpi/acpi_memhotplug.c, drivers/virtio/virtio_mem.c, Hyper-V's and Xen's. */
static const char *const takers[] = {
	"/sys/bus/acpi/devices/PNP0C80:*",
	"/sys/bus/virtio/drivers/virtio_mem/virtio*",
	"/sys/bus/vmbus/drivers/hv_balloon/*-*",
	"/sys/devices/system/xen_memory",
};

static bool exists(const char *root, const char *pattern)
{
	AUTO_FREE char *path = path_below(root, pattern);
	glob_t found = { 0 };
	bool is_there = !glob(path, GLOB_NOSORT, NULL, &found);

	globfree(&found);
	return is_there;
}

static bool has_cma(const char *root)
{
	static const char name[] = "\nCmaTotal:";
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, "/proc/meminfo", &text, NULL);
	const char *line = error ? NULL : strstr(text, name);

	error_free(error);
	return line && strtoull(line + strlen(name), NULL, 10);
}

bool page_moves_possible(const char *root)
{
	bool possible = has_cma(root);

	/* CONFIG_MEMORY_HOTPLUG */
	if (!possible && exists(root, "/sys/devices/system/memory"))
		for (size_t i = 0; i < ARRAY_COUNT(takers); i++)
			possible |= exists(root, takers[i]);
	return possible;
}
