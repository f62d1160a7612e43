/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * File systems of a snapshot that the restoring kernel itself has mounted. What that kernel has changed in its memory
 * only is not seen by a comparison of the disks, and may be written while it ends.
 */
#ifndef KJ_MOUNTED_GUARD_H
#define KJ_MOUNTED_GUARD_H

#include "lib/base/error.h"
#include "lib/core/core_file.h"
#include "lib/disk/filesystem_guard.h"

/*
 * Error: this kernel has one of the snapshot's file systems mounted, or uses its swap; with the place. Those excepted by
 * name are not looked for. A snapshot without a list is no error.
 */
struct error *mounted_guard_check(const struct core_file *snapshot, const struct filesystem_guard_except *except);

#endif
