/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the next boot can resume, as far as it can be known before: the boot loader's entry for the next boot alone
 * (grub-reboot, systemd-boot, UEFI's BootNext), else the newest kernel in /boot, and what its initramfs contains.
 */
#ifndef KJ_NEXT_BOOT_H
#define KJ_NEXT_BOOT_H

#include "lib/base/error.h"

/*
 * Checks the system below `root` ("/" is the live one), and that the initramfs has the configuration that is at
 * `config_path` now, and the key for restoring at `key_path`, if that is not NULL. *ret_initramfs is what was checked;
 * heap, NULL if nothing is known: no error then. An initramfs that was found right is remembered by its size and time,
 * in NEXT_BOOT_SEEN.
 */
struct error *next_boot_check(const char *root, const char *config_path, const char *key_path, char **ret_initramfs);

#define NEXT_BOOT_SEEN "/var/lib/khibernate/next-boot"

#endif
