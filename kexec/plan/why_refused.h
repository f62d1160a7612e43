/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a kernel refuses: the switches that forbid loading, and what it was built with. */
#ifndef KJ_WHY_REFUSED_H
#define KJ_WHY_REFUSED_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * The likely reason for this errno of kexec_load, kexec_file_load or
 * reboot(2), read from the system below `root`; heap, NULL if there is
 * nothing to add to what errno says. `flags`: SYS_KEXEC_… that were asked
 * for.
 */
char *why_refused(int errno_value, uint32_t flags, const char *root);

/* Whether /sys/kernel/security/lockdown says so; false, too, where securityfs is not mounted. */
bool why_refused_locked_down(const char *root);

/* why_refused for kexec_file_load(2), which looks at signatures as well. */
char *why_refused_file_load(int errno_value, uint32_t flags, const char *root);

/*
 * Refuses what would harm the kernel of the system below `root` by the mere
 * system call, whatever it is to load, unload or jump to: to be asked first.
 */
struct error *why_refused_check(const char *root);

/*
 * Why reboot(2) is sure to refuse a jump of this process, for all that can be
 * known without trying; heap, NULL if nothing speaks against it.
 */
char *why_refused_jump(void);

#endif
