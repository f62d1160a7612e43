/* SPDX-License-Identifier: GPL-2.0-only */
/* The block devices that people and kernel command lines name. */
#ifndef KJ_BLOCK_DEVICE_H
#define KJ_BLOCK_DEVICE_H

#include "error.h"

/*
 * The path of a device: /dev/sda3 as it is, 8:3 (major:minor) through /sys,
 * PARTUUID=, PARTLABEL=, UUID= and LABEL= through libblkid, if the program is
 * built with it. Heap. Errors: no such device, no block device.
 */
struct error *block_device_find(const char *spec, char **ret_path);

/* "8:3" of a device's path; heap. It means the same device in another kernel with the same disks. */
struct error *block_device_numbers(const char *path, char **ret_numbers);

#endif
