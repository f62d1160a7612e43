/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux command lines as the kernel reads them: what a word is, and that no
 * parameter stands behind a stand-alone "--", says cmdline_words.h.
 */
#ifndef KJ_KERNEL_CMDLINE_H
#define KJ_KERNEL_CMDLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "purgatory/jump_back.h"

/*
 * A copy without the parameters of these names (NULL-terminated list). The
 * arguments of init stay as they are. Heap.
 */
char *cmdline_without(const char *cmdline, const char *const *names);

/* A copy without the arguments of init. Heap. */
char *cmdline_parameters(const char *cmdline);

/*
 * Two command lines as one: the parameters of both, then the arguments of
 * init of both behind one "--". A quote that is not closed is closed if
 * anything has to follow it; where only one line has one, nothing has.
 * Either may be NULL or empty. Heap.
 */
char *cmdline_join(const char *first, const char *second);

/* The same, and the parameters of `second` replace those of `first` with their names. Heap. */
char *cmdline_override(const char *first, const char *second);

/* Two texts with a blank between them, for what is not Linux: "--" is a word like any other. As above else. */
char *cmdline_concat(const char *first, const char *second);

/*
 * How many parameters have this name, and, if any, the value of the last
 * without its quotes (heap; "" without "=").
 */
unsigned int cmdline_find(const char *cmdline, const char *name, char **ret_value);

/*
 * Whether the word stands anywhere on the line, behind "--" and inside quotes, too: code that runs before the
 * kernel's parser knows neither (arch/x86/boot/cmdline.c, __cmdline_find_option_bool).
 */
bool cmdline_has_early_word(const char *cmdline, const char *word);

/*
 * The jump-back entry on this kernel's command line. Errors: none there (not
 * started by a jump), given twice, not an address.
 */
struct error *cmdline_jump_back_entry(const char *cmdline, uint64_t *ret_entry);

/* A jump-back entry as typed; `from` names where in the message. Errors: not a number, zero, too large. */
struct error *jump_back_entry_parse(const char *text, const char *from, uint64_t *ret_entry);

#endif
