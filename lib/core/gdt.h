/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a kernel keeps the GDT of its CPU 0.
 *
 * A kernel that a jump returns to loads segment registers before it has its
 * own GDT register back (x86_64 before 6.13, i386 always), so whoever goes
 * there must set the register to that kernel's own table. The table is found
 * through the kernel's page tables: each CPU's entry area maps it, so what
 * that mapping points to is the live one; stale copies elsewhere in memory
 * are never looked at.
 */
#ifndef KJ_GDT_H
#define KJ_GDT_H

#include "lib/base/error.h"
#include "lib/core/arch.h"
#include "lib/core/core_file.h"

/*
 * The linear address, in the direct map of the kernel whose memory `core`
 * is, of CPU 0's GDT. Errors: no VMCOREINFO in the core, no table found.
 */
struct error *gdt_find(const struct core_file *core, const struct arch *arch, uint64_t *ret_linear);

#endif
