/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a kernel refuses: its switches that forbid loading, and its configuration. */
#ifndef KJ_WHY_REFUSED_H
#define KJ_WHY_REFUSED_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * The likely reason for this errno of kexec_load(2), read from the system below `root`; heap, NULL if there is
 * nothing to add to what errno says. `flags`: SYS_KEXEC_… that were asked
 * for.
 */
char *why_refused(int errno_value, uint32_t flags, const char *root);

/* Whether /sys/kernel/security/lockdown reports a lockdown; false, too, where securityfs is not mounted. */
bool why_refused_locked_down(const char *root);

/* why_refused for kexec_file_load(2), which checks signatures as well. */
char *why_refused_file_load(int errno_value, uint32_t flags, const char *root);

/*
 * Why kexec_load(2) will refuse this process, as far as that is known without trying; NULL if no reason is known. For a
 * choice before work that ends in a load.
 */
struct error *why_refused_load(const char *root);

/*
 * Refuses a system below `root` whose kernel crashes in the system call
 * itself, whatever its arguments are. Call it before any other.
 */
struct error *why_refused_check(const char *root);

/*
 * Why reboot(2) will refuse a jump of this process, as far as that is known
 * without trying; heap, NULL if no reason is known.
 */
char *why_refused_jump(void);

/* The likely reason for this errno of reboot(2); heap, NULL if there is none to add. */
char *why_refused_reboot(int errno_value);

#endif
