/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this system has in use that the saved one may have in use, too. A file
 * system that is mounted is changed, if by nothing but mounting it; the saved
 * kernel goes on with what it had in memory, and destroys it. So with swap, and
 * with all that stands on other devices.
 */
#ifndef KJ_IN_USE_H
#define KJ_IN_USE_H

#include "lib/base/error.h"

/*
 * The first mount in a text of the form of /proc/PID/mounts (proc_pid_mounts(5))
 * that is more than a view of the kernel's or memory: by its type, for the source
 * need be no device (zfs, overlay, nfs). "SOURCE on PLACE"; heap, NULL if there is none.
 */
char *in_use_mount(const char *mounts);

/*
 * An error that names the first thing in use, below `root` ("/" is the live
 * system): a mount of any program's namespace, swap, a block device that is held
 * (devices_in_use.h). Of the latter only the live system's are looked at.
 */
struct error *in_use_check(const char *root);

#endif
