/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices that do not come back from a jump: their drivers have no functions to restore them, and what waits for such a
 * device waits for ever. That is a display by virtio, whose driver in Linux up to 6.12 at least has none: the kernel
 * resets the device (virtio_device_restore, drivers/virtio/virtio.c), and the driver waits for an answer on a queue that
 * is no more.
 */
#ifndef KJ_LOST_DEVICES_H
#define KJ_LOST_DEVICES_H

#include "lib/base/error.h"

/*
 * Refuses a jump from the system below `root` if it has such a device, and names the option that insists. By sysfs;
 * whether a driver has learned to restore its device, by the names of its functions in /proc/kallsyms.
 */
struct error *lost_devices_check(const char *root, const char *override);

#endif
