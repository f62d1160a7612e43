/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a snapshot may be resumed again and again (keep=yes): what the saved kernel writes after it has resumed must
 * be forgotten by the next resume, or the file systems would not be what its memory holds of them.
 */
#ifndef KJ_KEEP_CHECK_H
#define KJ_KEEP_CHECK_H

#include "lib/base/error.h"

/*
 * Error, with its name, if a file system that is mounted in any namespace below `root` is writable and not in memory
 * (/proc/PID/mountinfo, Documentation/filesystems/proc.rst), or swap is on a disk, or zram writes
 * to one. An overlay is what is below it, and that is mounted, too.
 */
struct error *keep_check(const char *root);

/*
 * Error unless `file`, the one whose blocks have the snapshot, is "": a kept snapshot is marked on its device, which is
 * held alone for that, and the file's file system is mounted.
 */
struct error *keep_check_place(const char *file);

/*
 * In the kernel that was resumed from it: the snapshot waits for the next boot once more, and prints that. What is resumed
 * is a state before all that this kernel will write, which is forgotten.
 */
void keep_again(const char *device);

#endif
