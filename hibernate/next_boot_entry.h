/* SPDX-License-Identifier: GPL-2.0-only */
/* An entry of the boot loader that was chosen for the next boot alone. */
#ifndef KJ_NEXT_BOOT_ENTRY_H
#define KJ_NEXT_BOOT_ENTRY_H

struct next_boot_entry {
	char *entry;       /* as the boot loader names it, heap; NULL: none is chosen, or it is not known */
	const char *by;    /* who chose it: "grub-reboot" */
	const char *undo;  /* the command that takes it back */
};

/*
 * GRUB's next_entry in grubenv (grub-reboot(8)); systemd-boot's LoaderEntryOneShot (the Boot Loader Interface); UEFI's
 * BootNext, if it is not the entry of this boot (UEFI specification, section 3.3).
 */
struct next_boot_entry next_boot_entry_find(const char *root);

/* GRUB's saved_entry, if /etc/default/grub has GRUB_DEFAULT=saved; heap, or NULL. */
char *next_boot_saved_entry(const char *root);

#endif
