/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds devices in use that the saved system may use as well. Mounting alone
 * changes a file system; the saved kernel continues with its old state in
 * memory, and destroys it. The same holds for swap and for stacked devices.
 */
#ifndef KJ_IN_USE_H
#define KJ_IN_USE_H

#include <stdbool.h>

#include "lib/base/error.h"

/* Whether a type of file system has contents that do not outlive the kernel, or that are no disk's. All others may. */
bool in_use_is_kept_in_memory(const char *type);

/*
 * The first mount in a text of the form of /proc/PID/mounts (proc_pid_mounts(5))
 * that is neither a pseudo file system nor in memory: by its type, because the
 * source need not be a device (zfs, overlay, nfs). "SOURCE on PLACE"; heap, NULL
 * if there is none.
 */
char *in_use_mount(const char *mounts);

/* The first swap area on a disk, not in memory (zram); heap, NULL if there is none. */
char *in_use_swap(const char *root);

/*
 * An error that names the first device in use, below `root` ("/" is the live
 * system): a mount in any program's namespace, swap, a block device that is held
 * (devices_in_use.h). The latter are checked in the live system only.
 */
struct error *in_use_check(const char *root);

#endif
