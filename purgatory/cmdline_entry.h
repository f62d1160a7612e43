/* SPDX-License-Identifier: GPL-2.0-only */
/* The jump-back entry on the command line of the kernel that is jumped to. */
#ifndef KJ_CMDLINE_ENTRY_H
#define KJ_CMDLINE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The parameter that passes the jump-back entry to B. */
#define JUMP_BACK_ENTRY_KEY "kexec_jump_back_entry"

/* Bytes that the loader leaves free in the command line's buffer: a blank, the name, =0x and 16 digits. */
#define JUMP_BACK_ENTRY_ROOM (1 + sizeof(JUMP_BACK_ENTRY_KEY "=0x") - 1 + 16)

/*
 * Makes kexec_jump_back_entry=0x<entry> the last parameter of the NUL-terminated Linux command line in
 * cmdline[0..size_bytes): before a stand-alone "--", after which the kernel reads no parameters, and before a
 * word whose quote is not closed. Removes earlier parameters of that name (purgatory was entered before, or the
 * caller was itself jumped to). False, and the buffer is untouched, if it is too small or contains no NUL.
 */
bool cmdline_entry_insert(char *cmdline, size_t size_bytes, uint64_t entry);

#endif
