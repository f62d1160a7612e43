/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Disks on USB that are in use. On the way back from a jump a kernel takes such a disk as pulled out and plugged in
 * again: what was not yet written to it is lost, its file system stays mounted without a disk, and the removal may wait
 * for it for ever.
 *
 * A USB controller has lost its state when its kernel is back; ports are disabled until their devices are reset. The
 * work queue that looks at changed ports does not run in a hibernation of the kernel's own until then; a jump does not
 * freeze it (kernel_kexec, kernel/kexec_core.c; usb_hub_wq and hub_port_connect_change, drivers/usb/core/hub.c). It
 * finds a port without a device that works, and removes the device. What is no disk comes back as a new device.
 */
#ifndef KJ_USB_DISKS_H
#define KJ_USB_DISKS_H

#include "lib/base/error.h"
#include "lib/disk/devices_in_use.h"

/* The name (sdb1) of one in the set that is on USB, by sysfs below the folder `root`; NULL: none. Heap. */
char *usb_disk_among(const char *root, const struct device_set *set);

/*
 * All that a jump from the system below `root` would lose: such disks, of the running kernel ("/"), and devices of which
 * lost_devices.h tells. The error names the option that insists.
 */
struct error *jump_losses_check(const char *root, const char *override);

/* Refuses a jump of the running kernel if it uses such a disk, and names the option that insists. */
struct error *usb_disks_check(const char *override);

#endif
