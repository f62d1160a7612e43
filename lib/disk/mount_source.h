/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mounts and their devices. Of a file system whose files have a device number that no block device has (btrfs),
 * /proc/self/mountinfo contains the device by which it was mounted.
 * Format: the kernel's Documentation/filesystems/proc.rst, 3.5 and 3.8.
 */
#ifndef KJ_MOUNT_SOURCE_H
#define KJ_MOUNT_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The number after mnt_id: in the text of a /proc/self/fdinfo/FD; false if there is none. */
bool mount_source_parse_id(const char *fdinfo, uint64_t *ret_id);

/*
 * The source of the mount with that number, by the text of a mountinfo; heap. NULL if there is no such mount or it is of another
 * type: in most types without a device the source is any word.
 */
char *mount_source_parse(const char *mountinfo, uint64_t id, const char *type);

/*
 * The block device by which the btrfs that holds `path`, which exists, was mounted; 0 if it is no btrfs, or the
 * device is not known. A btrfs on several devices names one of them only.
 */
dev_t mount_source_device(const char *path);

/*
 * Where the file system on the block device is mounted, by the text of a mountinfo: the first place; heap, NULL if it
 * is not. A source that is a device counts, too, as btrfs has other numbers.
 */
char *mount_point_parse(const char *mountinfo, dev_t device);

#endif
