/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mapped file that can no longer be read: it became shorter, or its disk
 * fails. The kernel reports that by SIGBUS (mmap(2)) at any load from the
 * mapping, so there is no error to return.
 */
#ifndef KJ_FILE_FAULT_H
#define KJ_FILE_FAULT_H

/*
 * From now on such a SIGBUS ends the program with exit status 1 and one line
 * that names the program, the file (from /proc/self/maps) and the position.
 * For programs that have changed nothing yet while they read mapped files.
 * A SIGBUS of another kind ends the program as before.
 */
void file_fault_install(void);

#endif
