/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a kernel refuses: the switches that forbid loading, and what it was built with. */
#ifndef KJ_KERNEL_SWITCHES_H
#define KJ_KERNEL_SWITCHES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * The likely reason for this errno of kexec_load, kexec_file_load or
 * reboot(2), read from the system below `root`; heap, NULL if there is
 * nothing to add to what errno says. `flags`: SYS_KEXEC_… that were asked
 * for.
 */
char *kernel_switches_explain(int errno_value, uint32_t flags, const char *root);

/* Whether /sys/kernel/security/lockdown says so; false, too, where securityfs is not mounted. */
bool kernel_switches_locked_down(const char *root);

/* kernel_switches_explain for kexec_file_load(2), which looks at signatures as well. */
char *kernel_switches_explain_file(int errno_value, uint32_t flags, const char *root);

/*
 * Refuses what would harm the kernel of the system below `root` by the mere
 * system call, whatever it is to load, unload or jump to: to be asked first.
 */
struct error *kernel_switches_check(const char *root);

/*
 * Why reboot(2) is sure to refuse a jump of this process, for all that can be
 * known without trying; heap, NULL if nothing speaks against it.
 */
char *kernel_switches_forbid_jump(void);

#endif
