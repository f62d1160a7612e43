/* SPDX-License-Identifier: GPL-2.0-only */
/* What several boot protocols share. */
#ifndef KJ_LOAD_PARTS_H
#define KJ_LOAD_PARTS_H

#include "kexec/plan/loading.h"

/* The new kernel's command line as far as it is known before addresses are: --append, --reuse-cmdline, a UKI's. Heap. */
char *loading_base_cmdline(const struct loading *loading);

/* The length of the command line, with what purgatory appends, against the longest this kernel takes. */
struct error *loading_check_cmdline(const struct loading *loading, uint32_t limit);

/* Where a bzImage may run, below `address_end`. */
struct plan_need loading_kernel_need(const struct bzimage *bzimage, uint64_t address_end);

/* True if the image is a Linux kernel, in whatever form; a plain program otherwise. */
bool loading_is_linux(const struct loading *loading);

/* Adds a line to the details that the plan is printed with; `format` without a newline. */
void loading_add_detail(struct loading *loading, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
