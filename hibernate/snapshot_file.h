/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file as the place of snapshots, or a device on LVM, encryption or RAID1: the kernel that is saved has that, and all
 * others DEVICE@OFFSET (lib/disk/storage.h), its blocks on a disk, which the configuration notes beside the path.
 */
#ifndef KJ_SNAPSHOT_FILE_H
#define KJ_SNAPSHOT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "hibernate/khibernate_config.h"
#include "lib/base/error.h"

/* Whether setup's --device names a file, which may have to be made, or a device that stands on others. */
bool snapshot_file_is_meant(const char *name);

/* The size of a file for a snapshot of all memory, with what describes it. */
uint64_t snapshot_file_bytes(uint64_t ram_bytes);

/*
 * Makes the file, with `default_bytes` or, with space=on-demand, its beginning, if there is none, and sets file= and
 * device= of the configuration; *ret_path is the present DEVICE@OFFSET, heap. Errors: the file cannot be made, or its
 * blocks cannot be used, or users other than root could replace it.
 */
struct error *snapshot_file_choose(struct khibernate_config *config, uint64_t default_bytes, char **ret_path);

/*
 * Makes its blocks an empty khimage, and the file root's alone. Without `overwrite`, an error if there is something
 * else in it, or a snapshot that waits.
 */
struct error *snapshot_file_init(const char *file, bool overwrite);

/* Whether its blocks on a disk are known, and can be used. */
bool snapshot_file_can_hold(const char *file);

/* Whether the file, unless it is "", lies on encryption: what is written to its blocks is not encrypted by that. */
bool snapshot_file_is_encrypted(const char *file);

/* Whether it is a swap area whose header does not show on the disk, as it is encrypted. */
bool snapshot_file_is_hidden_swap(const char *file);

/*
 * Makes an empty khimage of the swap area that the file is, which is off, and holds it (lib/khimage/khimage_swap.h).
 * Error: its blocks are not those of `device`.
 */
struct error *snapshot_file_hold_swap(const char *file, const char *device);

/*
 * An error if the file's blocks are not those that `device`, DEVICE@OFFSET, has noted: it was moved, or made anew. Also
 * if users other than root can read, write or replace it, or, of a device, if something uses it.
 */
struct error *snapshot_file_check(const char *file, const char *device);

/*
 * Before something is written to `device` that no hibernation has prepared: an error if the file, unless it is "", can
 * be found and its blocks are others. While its file system is not mounted there is none. `device` may name disks
 * beside that its array has lost, or rebuilds.
 */
struct error *snapshot_file_check_if_mounted(const char *file, const char *device);

/*
 * With space=on-demand: between hibernations the file has only its beginning, with the map and the superblocks, so that
 * its place stays the same. Taking gives it blocks for all of memory, and the map lists them; nothing is done to one that
 * holds a snapshot that waits. Returning takes them from the map first, and then from the file, unless a snapshot waits
 * there. A power cut between leaves a file that is too large, which the next call mends. Nothing is done to a file that
 * is not the one at `device`. Errors of taking: no room, with the numbers; too many pieces.
 */
struct error *snapshot_file_take_space(const struct khibernate_config *config, const char *device);
struct error *snapshot_file_return_space(const struct khibernate_config *config, const char *device);

#endif
