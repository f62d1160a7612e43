/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * File systems on LVM, encryption and RAID: the kernel that uses them knows the places of their bytes on disks and
 * partitions, and passes them on; kernels that do not assemble these devices digest those places.
 */
#ifndef KJ_STACKED_FILESYSTEM_H
#define KJ_STACKED_FILESYSTEM_H

#include "lib/base/error.h"
#include "lib/disk/filesystem_list.h"

/*
 * In the kernel that uses the devices of `list`: sets the places of each file system on a stacked device, or
 * KJUMP_FILESYSTEM_UNWATCHED where they are unknown. The parts of arrays get KJUMP_FILESYSTEM_PLACES_ONLY if
 * all file systems on them have places. Sysfs is below the folder `root`.
 */
void stacked_filesystems_place(const char *root, struct filesystem_list *list);

/*
 * In the other kernels: adds to `found`, all file systems on the disks, each one of `wanted` that has places and
 * whose disks are present, with the digest of these places. Skips those that cannot be read.
 */
void stacked_filesystems_add(const struct filesystem_list *wanted, struct filesystem_list *found);

#endif
