/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the next boot can resume, as far as it can be known before: the boot loader's entry for the next boot alone
 * (grub-reboot, systemd-boot, UEFI's BootNext), else the newest kernel in /boot, and what its initramfs contains.
 */
#ifndef KJ_NEXT_BOOT_H
#define KJ_NEXT_BOOT_H

#include "hibernate/invocation.h"
#include "lib/base/error.h"
#include "lib/base/folder.h"

/* What the initramfs has to have as it is now. Borrowed. */
struct next_boot_files {
	const char *config_path;
	const char *key_path;      /* of the key for restoring; NULL: nothing is encrypted */
	struct folder_names hooks; /* the paths of the programs that set up the place (place_hooks.h) */
};

/*
 * Checks the system below `root` ("/" is the live one), and that the initramfs has these files. *ret_initramfs is what
 * was checked; heap, NULL if nothing is known: no error then. An initramfs that was found right is remembered by its
 * size and time, in NEXT_BOOT_SEEN.
 */
struct error *next_boot_check(const char *root, const struct next_boot_files *files, char **ret_initramfs);

/* The same for this system and the files of the invocation. */
struct error *next_boot_check_usual(const struct invocation *invocation, char **ret_initramfs);

#define NEXT_BOOT_SEEN "/var/lib/khibernate/next-boot"

#endif
