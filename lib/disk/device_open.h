/* SPDX-License-Identifier: GPL-2.0-only */
/* Opens files and devices for snapshots, devices exclusively. */
#ifndef KJ_DEVICE_OPEN_H
#define KJ_DEVICE_OPEN_H

#include <stdbool.h>

#include "lib/base/error.h"

/* Whether there is a block device of this name. */
bool device_is_block(const char *path);

/*
 * Opens `path` with `access`: O_RDONLY, O_WRONLY or O_RDWR. A block device
 * is opened exclusively, which fails while it is mounted or otherwise in use;
 * anything else with `file_flags` (O_CREAT: for its owner alone). Errors: in
 * use, read-only, as open(2).
 */
struct error *device_open(const char *path, int access, int file_flags, int *ret_fd);

#endif
