/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of a kernel's pages are free: found by walking its mem_map, as
 * VMCOREINFO describes it (flat, sparse, sparse with vmemmap; kernels 5.x to
 * 7.x). Only whole blocks of the buddy allocator count as free; what this
 * does not recognise counts as in use.
 */
#ifndef KJ_FREE_PAGES_H
#define KJ_FREE_PAGES_H

#include "lib/base/error.h"
#include "lib/core/arch.h"
#include "lib/core/core_file.h"
#include "lib/core/hole_set.h"

/*
 * Adds the free memory of the kernel that `core` shows to *free, which is
 * empty. Error: a VMCOREINFO key that is missing, or a mem_map that the core
 * does not hold; then nothing may be left out, and *free is empty still.
 */
struct error *free_pages_find(const struct core_file *core, const struct arch *arch, struct hole_set *free);

#endif
