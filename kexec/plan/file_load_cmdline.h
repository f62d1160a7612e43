/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line that kexec_file_load(2) gets. */
#ifndef KJ_FILE_LOAD_CMDLINE_H
#define KJ_FILE_LOAD_CMDLINE_H

#include "kexec/plan/request.h"
#include "kexec/plan/sys.h"

/*
 * As the plan's is made; `own` is a UKI's, NULL for none. A crash kernel's has no elfcorehdr=: the kernel puts its own
 * in front, where one behind it would win (arch/x86/kernel/kexec-bzimage64.c, setup_cmdline). *ret_cmdline is heap.
 * Errors: of reading this kernel's command line.
 */
struct error *file_load_cmdline(const struct request *request, const char *own, char **ret_cmdline);

/*
 * Refuses one that is longer than the kernel takes for this bzImage: it keeps room for elfcorehdr= in every load
 * (bzImage64_load), and only says that something is invalid. What is no bzImage is the kernel's to refuse.
 */
struct error *file_load_check_cmdline(const struct file_load *load);

#endif
