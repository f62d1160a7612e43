/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * File systems on LVM, encryption and RAID: the kernel that uses them knows where their bytes lie, and passes that on
 * as places on disks and partitions; kernels that set none of this up digest those places.
 */
#ifndef KJ_STACKED_FILESYSTEM_H
#define KJ_STACKED_FILESYSTEM_H

#include "lib/base/error.h"
#include "lib/disk/filesystem_list.h"

/*
 * In the kernel that uses what `list` names by device: gives each one that stands on others its places, or
 * KJUMP_FILESYSTEM_UNWATCHED where they cannot be told. The parts of arrays get KJUMP_FILESYSTEM_PLACES_ONLY if
 * all on them have places. Sysfs is below the folder `root`.
 */
void stacked_filesystems_place(const char *root, struct filesystem_list *list);

/*
 * In the others: adds to `found`, all that is there, each one of `wanted` that has places and whose disks are
 * there, with the digest of these places. What cannot be read is not there.
 */
void stacked_filesystems_add(const struct filesystem_list *wanted, struct filesystem_list *found);

#endif
