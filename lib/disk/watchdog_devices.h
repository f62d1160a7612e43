/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine's watchdogs. One that this kernel feeds runs on in another one after a jump, and resets the machine unless it
 * finds its driver, and that of the device that it is a part of: an SMBus, for the iTCO of most PCs.
 */
#ifndef KJ_WATCHDOG_DEVICES_H
#define KJ_WATCHDOG_DEVICES_H

/*
 * Calls `take` with a path below the folder of each device in sysfs that has one, by sysfs below `root`. That of a BMC
 * counts while ipmi_watchdog is there.
 */
void watchdog_devices_each(const char *root, void (*take)(void *context, const char *path), void *context);

/*
 * What the first watchdog that runs calls itself, by sysfs below `root`; heap. NULL if none does, or if the kernel does
 * not say (it is without CONFIG_WATCHDOG_SYSFS).
 */
char *watchdog_devices_running(const char *root);

#endif
