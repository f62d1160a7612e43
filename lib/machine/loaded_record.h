/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel does not tell whether what is loaded preserves this kernel; so
 * the loader keeps a record in /run, for `kexec -e` to leave the network alone
 * on a jump. It is bound to this boot by the boot id.
 */
#ifndef KJ_LOADED_RECORD_H
#define KJ_LOADED_RECORD_H

#include <stdbool.h>

/* Notes what has just been loaded; false if there is nowhere to write it. */
bool loaded_record_set(bool is_jump);

/* Whether the record says that a jump image is loaded. */
bool loaded_record_is_jump(void);

#endif
