/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes the kernel that sleeps in the loaded kexec image to a file, from which
 * any later boot of this machine can load and wake it (load_asleep.c). The file
 * is an ELF core: a PT_LOAD for each piece of the peer's window and low memory,
 * pages of zeros as holes of the file; the entry is the peer's gate.
 */
#ifndef KJ_SAVE_ASLEEP_H
#define KJ_SAVE_ASLEEP_H

#include <stdint.h>

#include "lib/base/error.h"

/*
 * Replaces `path` when the new file is complete and on the disk; readable by
 * root only. `origin` is kept in its note. Errors: those of kexec_image_init; no
 * kernel sleeps there: it never ran, or is a plain program, or of another version.
 */
struct error *save_asleep(const char *path, uint64_t origin);

#endif
