/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds a kernel's free pages by walking its mem_map, as VMCOREINFO describes
 * it (flat, sparse, sparse with vmemmap; kernels 5.x to 7.x). Only whole
 * blocks of the buddy allocator count as free; any page that is not recognised
 * counts as in use.
 */
#ifndef KJ_FREE_PAGES_H
#define KJ_FREE_PAGES_H

#include "lib/base/error.h"
#include "lib/core/arch.h"
#include "lib/core/core_file.h"
#include "lib/core/hole_set.h"

/*
 * Adds the free memory of the kernel in `core` to *free, which is empty.
 * Errors: a missing VMCOREINFO key, or a mem_map that is not in the core; then
 * *free stays empty, and the caller must leave out no page.
 */
struct error *free_pages_find(const struct core_file *core, const struct arch *arch, struct hole_set *free);

#endif
