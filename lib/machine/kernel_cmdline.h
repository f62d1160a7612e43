/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel command lines: words separated by blanks, where double quotes keep
 * blanks together (lib/cmdline.c, next_arg).
 */
#ifndef KJ_KERNEL_CMDLINE_H
#define KJ_KERNEL_CMDLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

/* The word by which B learns where to jump back to; purgatory appends it. */
#define JUMP_BACK_ENTRY_KEY "kexec_jump_back_entry"

/* " kexec_jump_back_entry=0x" and 16 digits: room to keep for it, in bytes. */
#define JUMP_BACK_ENTRY_ROOM (1 + sizeof(JUMP_BACK_ENTRY_KEY "=0x") - 1 + 16)

/* A copy without the words whose part before "=" is one of `keys` (NULL-terminated). Heap. */
char *cmdline_without(const char *cmdline, const char *const *keys);

/* Two command lines as one; either may be NULL or empty. Heap. */
char *cmdline_join(const char *first, const char *second);

/* How many words have this key, and, if any, the value of the last (heap; "" without "="). */
unsigned int cmdline_find(const char *cmdline, const char *key, char **ret_value);

/*
 * The jump-back entry on this kernel's command line. Errors: none there (not
 * started by a jump), given twice, not an address.
 */
struct error *cmdline_jump_back_entry(const char *cmdline, uint64_t *ret_entry);

/* A jump-back entry as typed; `from` names where in the message. Errors: not a number, zero, too large. */
struct error *jump_back_entry_parse(const char *text, const char *from, uint64_t *ret_entry);

#endif
