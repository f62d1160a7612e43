/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings of the system that still mean what was on a device before it became a khimage. */
#ifndef KJ_DEVICE_CLAIMS_H
#define KJ_DEVICE_CLAIMS_H

/*
 * Lines of /etc/fstab, which the boot would wait for, and RESUME= of initramfs-tools below `root`, that name the device
 * at `path`: by UUID= and LABEL= only as long as it has them. One line of text each, with what to do; heap, "" if none.
 */
char *device_claims_text(const char *root, const char *path);

#endif
