/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the bytes of a btrfs lie on its devices. FIEMAP numbers them in one space, of which the chunk tree has the
 * pieces (chunks), each with its places on devices.
 *
 * Sources: the kernel's include/uapi/linux/btrfs.h (BTRFS_IOC_TREE_SEARCH_V2, BTRFS_IOC_FS_INFO, BTRFS_IOC_DEV_INFO),
 * btrfs_tree.h (struct btrfs_chunk); btrfs's documentation, "On-disk Format", and "Common Linux features" for
 * /sys/fs/btrfs/UUID/exclusive_operation.
 */
#ifndef KJ_BTRFS_CHUNKS_H
#define KJ_BTRFS_CHUNKS_H

#include "lib/base/error.h"
#include "lib/base/extents.h"
#include "lib/disk/disk_blocks.h"

/*
 * The places of `logical`, in order, on the devices of the btrfs that has `fd` open: one device, or several of which
 * each has all (RAID1). A device that has only some of it is left out. `root`: the folder above /sys. Errors, with the
 * remedy: spread over devices (RAID0, 10, 5, 6); a device is missing; blocks are being moved.
 */
struct error *btrfs_chunks_map(const char *root, int fd, const char *path, const struct extents *logical,
			       struct disk_blocks *ret_blocks);

#endif
