/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the GDT of a kernel's CPU 0.
 *
 * A kernel that a jump returns to loads segment registers before it has loaded
 * its own GDT register (x86_64 before 6.13, i386 always), so the code that
 * enters it must set the register to that kernel's own table. The kernel's page
 * tables lead to it: each CPU's entry area maps its live GDT. Stale copies
 * elsewhere in memory are never read.
 */
#ifndef KJ_GDT_H
#define KJ_GDT_H

#include "lib/base/error.h"
#include "lib/core/arch.h"
#include "lib/core/core_file.h"

/*
 * The linear address of CPU 0's GDT in the direct map of the kernel in `core`.
 * Errors: no VMCOREINFO in the core, no table found.
 */
struct error *gdt_find(const struct core_file *core, const struct arch *arch, uint64_t *ret_linear);

#endif
