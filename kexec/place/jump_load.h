/* SPDX-License-Identifier: GPL-2.0-only */
/* kexec_load(2) for a jump, which exchanges a window of a hundred MiB, in a fraction of the time. */
#ifndef KJ_JUMP_LOAD_H
#define KJ_JUMP_LOAD_H

#include "kexec/plan/plan.h"
#include "lib/base/error.h"

/*
 * As sys_kexec_load, while this process keeps the free memory of the window for itself. The kernel keeps pages that it gets
 * there in a list, and searches that for each page of the window (kernel/kexec_core.c, kimage_alloc_page): a time that
 * grows with the square of the window.
 */
struct error *jump_load(const struct plan *plan, const char *root);

#endif
