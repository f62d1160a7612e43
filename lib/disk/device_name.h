/* SPDX-License-Identifier: GPL-2.0-only */
/* The block devices that people and kernel command lines name. */
#ifndef KJ_DEVICE_NAME_H
#define KJ_DEVICE_NAME_H

#include <stdbool.h>

#include "lib/base/error.h"

/*
 * The path of a device: /dev/sda3 as it is, 8:3 (major:minor) through /sys,
 * PARTUUID=, PARTLABEL=, UUID= and LABEL= through libblkid, if the program is
 * built with it. Heap. Errors: no such device, no block device.
 */
struct error *device_name_find(const char *spec, char **ret_path);

/*
 * Whether a name tells the device even when another is found before it, or
 * what is on it is written over: that of its partition (PARTUUID=, PARTLABEL=).
 * UUID= and LABEL= name a file system, which an image takes the place of.
 * major:minor counts: who gives numbers means them.
 */
bool device_name_is_lasting(const char *spec);

/*
 * A name of the device at `path` that another boot knows it by: the PARTUUID of
 * a partition, if libblkid finds it by that again; else the kernel's own name,
 * where `path` is a link. Heap. Error: kernels B and C could not have it, because
 * more than a driver makes it (LVM, encryption, a loop).
 */
struct error *device_name_lasting(const char *path, char **ret_name);

#endif
