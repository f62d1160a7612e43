/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts that several boot protocols share. */
#ifndef KJ_LOAD_PARTS_H
#define KJ_LOAD_PARTS_H

#include "kexec/plan/loading.h"

/* The new kernel's command line before words with addresses are added: --append, --reuse-cmdline, a UKI's. Heap. */
char *loading_base_cmdline(const struct loading *loading);

/* Checks the length of the command line, with the words of purgatory, against the longest this kernel takes. */
struct error *loading_check_cmdline(const struct loading *loading, uint32_t limit);

/* Where a bzImage may run, below `address_end`. */
struct plan_need loading_kernel_need(const struct bzimage *bzimage, uint64_t address_end);

/* True if the boot image is a Linux kernel of any format; a plain program otherwise. */
bool loading_is_linux(const struct loading *loading);

/* Adds a line to the details of the printed plan; `format` without a newline. */
void loading_add_detail(struct loading *loading, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
