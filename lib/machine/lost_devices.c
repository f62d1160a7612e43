/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/lost_devices.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"

static const struct lost_driver {
	const char *what, *devices, *module, *prefix; /* the drivers' folder with links to devices; its functions' names */
} lost_drivers[] = {
	{ "the display", "/sys/bus/virtio/drivers/virtio_gpu", "virtio_gpu", "virtgpu_" },
	{ "the IOMMU", "/sys/bus/virtio/drivers/virtio_iommu", "virtio_iommu", "viommu_" },
	{ "the persistent memory", "/sys/bus/virtio/drivers/virtio_pmem", "virtio_pmem", "virtio_pmem_" },
	{ "the shared folder", "/sys/bus/virtio/drivers/9pnet_virtio", "9pnet_virtio", "p9_virtio_" },
	{ "the Bluetooth adapter", "/sys/bus/virtio/drivers/virtio_bt", "virtio_bt", "virtbt_" },
	{ "the GPIO lines", "/sys/bus/virtio/drivers/gpio_virtio", "gpio_virtio", "virtio_gpio_" },
	{ "the modem", "/sys/bus/virtio/drivers/caif_virtio", "caif_virtio", "cfv_" },
	{ "the remote processor", "/sys/bus/virtio/drivers/virtio_rpmsg_bus", "virtio_rpmsg_bus", "rpmsg_" },
};

static bool has_device(const char *root, const struct lost_driver *driver)
{
	AUTO_FOLDER_NAMES struct folder_names devices = { 0 };

	folder_names_add(&devices, root, driver->devices, is_virtio_name);
	return devices.count > 0;
}

/* "ffffffffc0212340 t virtgpu_restore	[virtio_gpu]"; of a driver that is built in, without its name. */
static bool can_restore(const char *root, const struct lost_driver *driver)
{
	AUTO_FREE char *path = path_below(root, "/proc/kallsyms");
	AUTO_FREE char *line = NULL;
	FILE *file = fopen(path, "re");
	size_t capacity = 0;
	bool found = false;

	if (!file)
		return false;
	while (!found && getline(&line, &capacity, file) > 0)
		found = strstr(line, driver->prefix) && strstr(line, "_restore");
	fclose(file);
	return found;
}

struct error *lost_devices_check(const char *root, const char *override)
{
	for (size_t i = 0; i < ARRAY_COUNT(lost_drivers); i++) {
		const struct lost_driver *driver = &lost_drivers[i];

		if (has_device(root, driver) && !can_restore(root, driver))
			return error_new("the driver %s cannot restore %s, and this kernel would wait for it for ever: boot with "
					 "module_blacklist=%s, or without it (%s, if it may be lost)",
					 driver->module, driver->what, driver->module, override);
	}
	return NULL;
}
