/* SPDX-License-Identifier: GPL-2.0-only */
/* The jump-back entry on the command line of the kernel that is jumped to. */
#ifndef KJ_JUMP_BACK_H
#define KJ_JUMP_BACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JUMP_BACK_WORD "kexec_jump_back_entry="

/* What the loader leaves free in the command line's buffer: a space, the word, 0x and 16 digits. */
#define JUMP_BACK_ROOM_BYTES (1 + sizeof(JUMP_BACK_WORD) - 1 + 2 + 16)

/*
 * Appends " kexec_jump_back_entry=0x<entry>" to the NUL-terminated text in
 * cmdline[0..size_bytes). A word of that name that ends the text already (purgatory was
 * entered before, or the caller was itself jumped to) is replaced. False if the buffer is
 * too small or holds no NUL: then it is untouched.
 */
bool jump_back_append(char *cmdline, size_t size_bytes, uint64_t entry);

#endif
