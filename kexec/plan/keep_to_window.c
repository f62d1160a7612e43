/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of a kernel in a window: the window, and nothing that ACPI tells of. */
#include "kexec/plan/loading.h"
#include "lib/base/alloc.h"
#include "lib/machine/kernel_cmdline.h"
#include "lib/machine/plugged_memory.h"

/* Memory that was plugged in is in no such map, and the kernel would find it by ACPI and use it, though it is this one's. */
void keep_to_window(struct loading *loading)
{
	AUTO_FREE char *given = NULL;

	window_memmap(&loading->window, &loading->machine, &loading->memmap);
	if (!memory_can_be_plugged_in(loading->machine.root))
		return;
	given = loading->cmdline;
	loading->cmdline = cmdline_override(given, "acpi_no_memhotplug");
}
