/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loads a plan with more segments, or more memory, than kexec_load takes: the content of all segments waits in
 * pages of this kernel (staged_pages.h), at its place where there are such pages; kexec_load gets the placing
 * program, which puts the rest in place after the jump and goes to the plan's entry.
 */
#ifndef KJ_LOAD_PLACED_H
#define KJ_LOAD_PLACED_H

#include "kexec/plan/loading.h"

/* Refuses what the placing program cannot reach, and what more memory would be needed for than can be spared. */
struct error *load_placed_check(const struct loading *loading);

/*
 * Loads it. An error does not change what was loaded before, unless that was placed, too: it is unloaded first, as it
 * has the memory.
 */
struct error *load_placed(const struct loading *loading);

#endif
