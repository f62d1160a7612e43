/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Digests that identify a machine and a boot of it, for the KJUMP note: a
 * snapshot is restored only on its own machine.
 */
#ifndef KJ_FINGERPRINT_H
#define KJ_FINGERPRINT_H

#include <stdint.h>

#include "lib/machine/machine.h"

/*
 * XXH64 over the memory map's entries (start, end, type) from 1 MiB on. RAM and reserved
 * memory count as one: the map of a kernel in a window lists RAM outside of it as reserved.
 */
uint64_t fingerprint_memory(const struct machine *machine);

/*
 * XXH64 over vendor, family, model and features of the first CPU in
 * /proc/cpuinfo; 0 if there is none. Covers only features that kernels or
 * programs use, not flags that depend on the kernel or its command line.
 */
uint64_t fingerprint_cpu(const char *root);

/* The 16 bytes of /proc/sys/kernel/random/boot_id; zeros if there is none. */
void fingerprint_boot_id(const char *root, uint8_t ret_id[16]);

/*
 * The content that a kernel expects in its free pages, KJUMP_FREE_*: by its
 * command line and its configuration (kernel_config.h; NULL: not known, and the
 * usual defaults apply).
 */
uint32_t fingerprint_free_pages(const char *cmdline, const char *config);

#endif
