/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that is plugged into the running machine. */
#ifndef KJ_PLUGGED_MEMORY_H
#define KJ_PLUGGED_MEMORY_H

#include <stdbool.h>

/*
 * Whether the firmware of the machine below `root` tells by ACPI of memory modules that are, or may be, plugged in while
 * it runs. A kernel that boots adds those that are there, whatever its memory map says (drivers/acpi/acpi_memhotplug.c),
 * and may use them at once (memhp_default_state=, CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_AUTO), unless its command line
 * has acpi_no_memhotplug. Sysfs has the devices of empty slots, too.
 */
bool memory_can_be_plugged_in(const char *root);

/* The command line, with that parameter if they are told of. Takes ownership of it, and returns one on the heap. */
char *cmdline_without_plugged_memory(char *cmdline, const char *root);

#endif
