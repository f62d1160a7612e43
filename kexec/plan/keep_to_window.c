/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of a kernel in a window: the window, and nothing that ACPI tells of. */
#include "kexec/plan/loading.h"
#include "lib/machine/plugged_memory.h"

/* Memory that was plugged in is in no such map: the kernel would find it by ACPI and use it, though it is this one's. */
void keep_to_window(struct loading *loading)
{
	window_memmap(&loading->window, &loading->machine, &loading->memmap);
	loading->cmdline = cmdline_without_plugged_memory(loading->cmdline, loading->machine.root);
}
