/* SPDX-License-Identifier: GPL-2.0-only */
/* Switching off by the firmware's sleep state S4. */
#ifndef KJ_PLATFORM_OFF_H
#define KJ_PLATFORM_OFF_H

#include "lib/base/error.h"

/*
 * Switches the machine off by the firmware's sleep state S4, through the
 * kernel's /dev/snapshot (Documentation/power/userland-swsusp.rst): a machine
 * that supports it wakes up by its configured events. Returns only with an
 * error: the kernel or the firmware does not support S4.
 */
struct error *platform_off(void);

#endif
