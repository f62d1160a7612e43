/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tells one machine, or one boot of it, from another: goes into the
 * KJUMP note, so that an image is not restored where it does not belong.
 */
#ifndef KJ_FINGERPRINT_H
#define KJ_FINGERPRINT_H

#include <stdint.h>

#include "lib/machine/machine.h"

/*
 * XXH64 over the memory map's entries (start, end, type) from 1 MiB on. RAM and reserved
 * memory count as one: a kernel that was confined to a window is told that RAM outside it is reserved.
 */
uint64_t fingerprint_memory(const struct machine *machine);

/*
 * XXH64 over vendor, family, model and features of the first CPU in
 * /proc/cpuinfo; 0 if there is none. Only features that a kernel or program
 * uses count, not what kernel or command line make of them.
 */
uint64_t fingerprint_cpu(const char *root);

/* The 16 bytes of /proc/sys/kernel/random/boot_id; zeros if there is none. */
void fingerprint_boot_id(const char *root, uint8_t ret_id[16]);

/*
 * What a kernel expects its free pages to contain, KJUMP_FREE_*: by its command
 * line, and its configuration (kernel_config.h; NULL: not known, then what is
 * usual counts).
 */
uint32_t fingerprint_free_pages(const char *cmdline, const char *config);

#endif
