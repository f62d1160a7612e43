/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether the processor encrypts the running kernel's memory: AMD SME and SEV, Intel TDX. */
#ifndef KJ_MEMORY_ENCRYPTION_H
#define KJ_MEMORY_ENCRYPTION_H

#include "lib/base/error.h"

/*
 * Refuses a jump where it does. The code between two kernels (purgatory, gate, placing program) has page tables of its
 * own and turns paging off, both without the encryption bit: it would read and write ciphertext. What such a kernel's
 * memory contains could not be saved, either.
 *
 * By sme_me_mask in the VMCOREINFO of /proc/kcore below `root` (Linux 5.1, arch/x86/kernel/machine_kexec_64.c:
 * arch_crash_save_vmcoreinfo), which SEV guests set as well, and the flag tdx_guest in /proc/cpuinfo. A kernel that
 * shows neither is taken for one without.
 */
struct error *memory_encryption_check(const char *root);

#endif
