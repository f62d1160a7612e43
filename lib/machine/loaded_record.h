/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A record in /run of the type of the loaded kexec image. The kernel does not
 * report whether it preserves this kernel, and `kexec -e` must keep the network
 * up on a jump. The boot id binds the record to this boot.
 */
#ifndef KJ_LOADED_RECORD_H
#define KJ_LOADED_RECORD_H

#include <stdbool.h>

/* Records the load that has just succeeded; false if the record cannot be written. */
bool loaded_record_set(bool is_jump);

/* Whether, by the record, a kexec image for a jump is loaded. */
bool loaded_record_is_jump(void);

#endif
