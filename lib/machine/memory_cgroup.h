/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The limit of the control group that this process is in (Documentation/admin-guide/cgroup-v2.rst, memory.max; cgroup-v1's
 * memory.limit_in_bytes). Memory that a process takes for itself counts; what kexec_load keeps does not.
 */
#ifndef KJ_MEMORY_CGROUP_H
#define KJ_MEMORY_CGROUP_H

#include <stdint.h>

/*
 * What this process may take yet, by its control group and those above it; files' pages are given up for that. UINT64_MAX:
 * no limit is known.
 */
uint64_t memory_cgroup_room(const char *root);

/* A part of a sentence that blames it, if that is less than what the machine has available; else "". */
const char *memory_cgroup_text(const char *root);

#endif
