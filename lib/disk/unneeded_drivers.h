/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The drivers that a kernel which saves this one need not have: those of PCI and virtio devices that no needed disk is
 * behind, and no watchdog. What that kernel does not touch, this one finds as its own drivers left it.
 *
 * Bridges, serial ports, memory and system devices are always left to their drivers, and the display as long as it is
 * a console. A module counts as a whole: it is needed if one of its devices is.
 *
 * Sources: drivers/base/module.c (the link "module" of a driver, also of one that is built in), include/linux/init.h
 * (__initcall_id: the symbol that names a module's initcall), init/main.c (initcall_blacklist=), kernel/module/main.c
 * (module_blacklist=).
 */
#ifndef KJ_UNNEEDED_DRIVERS_H
#define KJ_UNNEEDED_DRIVERS_H

#include "lib/disk/devices_in_use.h"

/* Parameters of a kernel's command line. Zero-initialise. */
struct unneeded_drivers {
	char *modules;	/* for module_blacklist=, separated by commas; "" if there are none */
	char *initcalls; /* for initcall_blacklist= */
	unsigned int hidden_disks; /* disks that are not found without these drivers */
};

void unneeded_drivers_deinit(struct unneeded_drivers *drivers);
#define AUTO_UNNEEDED_DRIVERS __attribute__((cleanup(unneeded_drivers_deinit)))

/*
 * Finds them by sysfs and /proc/kallsyms below the folder `root`. `needed` are block devices of any kind. None if the
 * place of one of these is not known (a disk behind the network).
 */
void unneeded_drivers_find(struct unneeded_drivers *ret_drivers, const char *root, const struct device_set *needed);

/* The block devices that this kernel uses, and those of `place`, a name of storage_name.h, NULL for none, into *set. */
struct error *needed_devices_find(struct device_set *set, const char *place);

#endif
