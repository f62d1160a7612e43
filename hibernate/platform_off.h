/* SPDX-License-Identifier: GPL-2.0-only */
/* Switching off by the firmware's sleep state S4. */
#ifndef KJ_PLATFORM_OFF_H
#define KJ_PLATFORM_OFF_H

#include "lib/base/error.h"

/*
 * Switches the machine off by the firmware's sleep state S4, through the
 * kernel's /dev/snapshot (Documentation/power/userland-swsusp.rst): a machine
 * that can wakes up by the events it is set for. Returns only with an error:
 * the kernel or the firmware does not have it.
 */
struct error *platform_off(void);

#endif
