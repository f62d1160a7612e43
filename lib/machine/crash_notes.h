/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The notes that a kernel keeps for its own crash: each CPU's registers, and
 * VMCOREINFO, what tools must know of the kernel. It writes the former when
 * it crashes, so that headers made before can only say where they will be.
 */
#ifndef KJ_CRASH_NOTES_H
#define KJ_CRASH_NOTES_H

#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/span.h"

/* Physical places: the CPUs' in the order of their numbers, then VMCOREINFO's. They may touch: no set. */
struct crash_notes {
	struct span *places;
	size_t count;
	size_t capacity;
};

/*
 * Reads them below `root` from /sys/devices/system/cpu/cpuN/crash_notes and
 * crash_notes_size (Documentation/ABI/testing/sysfs-devices-system-cpu) and
 * /sys/kernel/vmcoreinfo. Errors: the kernel keeps none (CONFIG_CRASH_DUMP,
 * not root), or says nonsense.
 */
struct error *crash_notes_read(const char *root, struct crash_notes *ret_notes);
void crash_notes_deinit(struct crash_notes *notes);
#define AUTO_CRASH_NOTES __attribute__((cleanup(crash_notes_deinit)))

#endif
