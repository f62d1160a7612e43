/* SPDX-License-Identifier: GPL-2.0-only */
/* Files in memory (memfd_create(2)) for the kernel to read; nothing is written to a disk. */
#ifndef KJ_MEMFD_H
#define KJ_MEMFD_H

#include "lib/base/bytes.h"
#include "lib/base/error.h"

/*
 * Makes a file with these bytes, one piece after the other, each beginning
 * at a multiple of four; the caller closes *ret_fd. `what` names it in messages.
 */
struct error *memfd_make(const char *what, const struct bytes *pieces, size_t count, int *ret_fd);

/*
 * Replaces *fd, of such a file that was written to, by a read-only one: the
 * kernel refuses to read a file that is open for writing (fs/kernel_read_file.c,
 * deny_write_access). On an error *fd is closed and set to -1.
 */
struct error *memfd_finish(const char *what, int *fd);

#endif
