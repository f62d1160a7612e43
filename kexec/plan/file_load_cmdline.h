/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line that kexec_file_load(2) gets. */
#ifndef KJ_FILE_LOAD_CMDLINE_H
#define KJ_FILE_LOAD_CMDLINE_H

#include "kexec/plan/request.h"
#include "kexec/plan/sys.h"

/*
 * Made as for a plan; `own` is a UKI's, NULL for none. A crash kernel's has no elfcorehdr=: the kernel puts its own in
 * front, and a later one would override that (arch/x86/kernel/kexec-bzimage64.c, setup_cmdline). *ret_cmdline is heap.
 * Errors: of reading this kernel's command line.
 */
struct error *file_load_cmdline(const struct request *request, const char *own, char **ret_cmdline);

/*
 * Refuses a command line that is longer than the kernel takes for a bzImage with this limit (0: not known): the kernel
 * keeps room for elfcorehdr= in every load (bzImage64_load), and its EINVAL does not name the reason.
 */
struct error *file_load_check_cmdline(const char *cmdline, uint32_t limit);

#endif
