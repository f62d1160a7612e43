/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether this kernel's memory may be saved to a disk. The kernel's own
 * hibernation is refused where its owner or a program was promised that it is
 * not (kernel/power/hibernate.c, hibernation_available: nohibernate, lockdown,
 * memfd_secret in use, CXL memory); a jump to a kernel that saves is not. The
 * promise is the same.
 */
#ifndef KJ_MAY_SAVE_H
#define KJ_MAY_SAVE_H

#include <stdbool.h>

#include "lib/base/error.h"

/*
 * An error if it may not be saved now, with the reason, for the system below
 * `root` ("/" is the live one). `force`: what root wrote on the kernel's command
 * line (nohibernate) does not count; all else does. A program may ask for
 * secret memory at any time: ask again right before the jump.
 */
struct error *may_save_check(const char *root, bool force);

#endif
