/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/plugged_memory.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/folder.h"
#include "lib/machine/kernel_cmdline.h"

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

char *cmdline_without_plugged_memory(char *cmdline, const char *root)
{
	AUTO_FREE char *given = NULL;

	if (!memory_can_be_plugged_in(root))
		return cmdline;
	given = cmdline;
	return cmdline_override(given, "acpi_no_memhotplug");
}
