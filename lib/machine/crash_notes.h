/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The notes that a kernel keeps for its own crash: each CPU's registers, and
 * VMCOREINFO, which tools need to read its memory. The kernel writes the
 * registers when it crashes, so headers built before contain only their addresses.
 */
#ifndef KJ_CRASH_NOTES_H
#define KJ_CRASH_NOTES_H

#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/span.h"

/* Physical addresses: those of the CPUs by number, then VMCOREINFO's. No span set, as neighbours stay separate. */
struct crash_notes {
	struct span *places;
	size_t count;
	size_t capacity;
};

/*
 * Reads them below `root` from /sys/devices/system/cpu/cpuN/crash_notes and
 * crash_notes_size (Documentation/ABI/testing/sysfs-devices-system-cpu) and
 * /sys/kernel/vmcoreinfo. Errors: the kernel keeps none (CONFIG_CRASH_DUMP,
 * not root), or an address is invalid.
 */
struct error *crash_notes_read(const char *root, struct crash_notes *ret_notes);
void crash_notes_deinit(struct crash_notes *notes);
#define AUTO_CRASH_NOTES __attribute__((cleanup(crash_notes_deinit)))

#endif
