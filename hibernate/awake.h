/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In B, a saver that slept and was woken by another boot of A: what A passes to
 * it, in the room of its window (include/kjump_asleep_note.h), as files. B's
 * command line and its /proc/vmcore are those of the boot in which it started.
 */
#ifndef KJ_AWAKE_H
#define KJ_AWAKE_H

#include "lib/base/error.h"
#include "lib/core/core_file.h"

/* In memory; the scripts of the initramfs have the same name. */
#define AWAKE_FOLDER "/run/awake"

/*
 * Makes AWAKE_FOLDER with the files `words` (a command line: this kernel's, and the
 * parameters it was woken with), `used` (the list of file systems, maybe
 * empty) and `headers` (the physical address of A's vmcore headers, for kdump
 * --elfcorehdr). Sets the clock, and looks at all disks anew. Errors: this kernel
 * was not started by a jump; it was jumped to, but not by a load that wakes it.
 */
struct error *awake(void);

/* The command line with the parameters for this save: of AWAKE_FOLDER if there is one, else this kernel's. Heap. */
struct error *awake_cmdline(char **ret_cmdline);

#endif
