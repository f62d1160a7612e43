/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/plugged_memory.h"

#include <string.h>

#include "lib/base/folder.h"

/* ACPI_MEMORY_DEVICE_HID in drivers/acpi/acpi_memhotplug.c. */
static bool is_memory_module(const char *name)
{
	return !strncmp(name, "PNP0C80:", strlen("PNP0C80:"));
}

bool memory_can_be_plugged_in(const char *root)
{
	AUTO_FOLDER_NAMES struct folder_names modules = { 0 };

	folder_names_add(&modules, root, "/sys/bus/acpi/devices", is_memory_module);
	return modules.count > 0;
}
