/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes an ELF core of a snapshot, for crash, gdb, drgn and makedumpfile. */
#ifndef KJ_EXPORT_H
#define KJ_EXPORT_H

#include "lib/base/error.h"
#include "lib/khimage/snapshot.h"

/*
 * Writes `snapshot` to `fd` from its beginning; it may be a pipe. `name` is for
 * messages. Zero pages become memory without data in the file. Errors: the
 * snapshot is damaged; writing.
 */
struct error *export_elf(const struct snapshot *snapshot, int fd, const char *name);

#endif
