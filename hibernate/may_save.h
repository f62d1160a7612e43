/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether this kernel's memory may be saved to a disk. The kernel refuses its
 * own hibernation on nohibernate, lockdown, memfd_secret in use and CXL memory
 * (kernel/power/hibernate.c, hibernation_available), but not a jump to a kernel
 * that saves. These checks apply the same rules to the jump.
 */
#ifndef KJ_MAY_SAVE_H
#define KJ_MAY_SAVE_H

#include <stdbool.h>

#include "lib/base/error.h"

/*
 * An error if it may not be saved now, with the reason, for the system below
 * `root` ("/" is the live one). `force` ignores the kernel's command line
 * (nohibernate) and broken memory, but nothing else. A program may allocate secret memory at any
 * time: check again right before the jump.
 */
struct error *may_save_check(const char *root, bool force);

#endif
