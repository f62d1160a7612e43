/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine that a snapshot belongs to: another machine boots without it, and leaves it alone. */
#ifndef KJ_SNAPSHOT_ORIGIN_H
#define KJ_SNAPSHOT_ORIGIN_H

#include <stdbool.h>

/*
 * Whether the memory map in the KJUMP note of the snapshot on `path` differs from this machine's (fingerprint.h). False
 * if one of them is not known: no note or a damaged one, no digest. The processor does not count: the same one may
 * have other flags in another kernel.
 */
bool snapshot_is_of_other_memory(const char *path);

/*
 * Whether this kernel uses a file system of the snapshot's list. True if that is not known: no list, an empty or a
 * damaged one, a program without libblkid.
 */
bool snapshot_may_share_filesystems(const char *path);

/* Prints that the snapshot on `path` is left alone. */
void snapshot_print_left_alone(const char *path);

#endif
