/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds block devices by the names that users and kernel command lines give them. */
#ifndef KJ_DEVICE_NAME_H
#define KJ_DEVICE_NAME_H

#include <stdbool.h>

#include "lib/base/error.h"

/*
 * The path of a device: /dev/sda3 as it is, 8:3 (major:minor) through /sys,
 * PARTUUID=, PARTLABEL=, UUID= and LABEL= through libblkid, if the program is
 * built with it; each also with @OFFSET behind it, which stays, and several of
 * these with commas between (storage_name.h). Heap.
 * Errors: no such device; not a block device.
 */
struct error *device_name_find(const char *spec, char **ret_path);

/* The same, without those of several that are not there. Error: none is. */
struct error *device_name_find_some(const char *spec, char **ret_path);

/*
 * Whether a name stays valid when disks are found in another order, and when the
 * device is overwritten: the name of its partition (PARTUUID=, PARTLABEL=).
 * UUID= and LABEL= name a file system, which a snapshot overwrites. major:minor
 * is accepted as lasting.
 */
bool device_name_is_lasting(const char *spec);

/*
 * A name of the device at `path` for another boot: the PARTUUID of a partition,
 * if libblkid finds the same device by it; else the kernel's own name, if `path`
 * is a link. Heap. Error: kernels B and C do not have the device, because
 * programs set it up (LVM, encryption, a loop).
 */
struct error *device_name_lasting(const char *path, char **ret_name);
/*
 * The same for a device whose file system or swap area stays on it, beside a snapshot: without a PARTUUID the UUID of
 * that, if libblkid finds the same device by it.
 */
struct error *device_name_lasting_with_content(const char *path, char **ret_name);

#endif
