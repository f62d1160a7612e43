/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mapped file from which nothing can be read any more: it became shorter,
 * or its disk fails. The kernel tells that by SIGBUS (mmap(2)), in the middle
 * of whatever read it, so there is no error to return.
 */
#ifndef KJ_FILE_FAULT_H
#define KJ_FILE_FAULT_H

/*
 * From now on the program ends then with exit status 1 and one line that
 * names it, the file (which the kernel knows: /proc/self/maps) and the place.
 * For programs that map files and have changed nothing while they read them.
 * A SIGBUS of another kind ends the program as before.
 */
void file_fault_install(void);

#endif
