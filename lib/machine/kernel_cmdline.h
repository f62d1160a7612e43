/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux command lines as the kernel reads them: cmdline_split.h defines words
 * and the stand-alone "--" that ends the parameters.
 */
#ifndef KJ_KERNEL_CMDLINE_H
#define KJ_KERNEL_CMDLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "purgatory/cmdline_entry.h"

/*
 * A copy without the parameters of these names (NULL-terminated list). The
 * arguments of init stay as they are. Heap.
 */
char *cmdline_without(const char *cmdline, const char *const *names);

/* A copy without the arguments of init. Heap. */
char *cmdline_parameters(const char *cmdline);

/*
 * Joins two command lines: the parameters of both, then the arguments of init
 * of both after one "--". Closes an open quote if anything follows it; if only
 * one line has an open quote, its word comes last and stays open.
 * Either may be NULL or empty. Heap.
 */
char *cmdline_join(const char *first, const char *second);

/* The same, and the parameters of `second` replace those of `first` with their names. Heap. */
char *cmdline_override(const char *first, const char *second);

/* Two texts with a blank between them, for other programs than Linux: "--" is an ordinary word. Otherwise as above. */
char *cmdline_concat(const char *first, const char *second);

/*
 * The number of parameters with this name; if there is one, sets *ret_value to
 * the last one's value without quotes (heap; "" without "=").
 */
unsigned int cmdline_find(const char *cmdline, const char *name, char **ret_value);

/*
 * Whether the word is anywhere on the line, even after "--" or inside quotes: code that runs before the
 * kernel's parser ignores both (arch/x86/boot/cmdline.c, __cmdline_find_option_bool).
 */
bool cmdline_has_early_word(const char *cmdline, const char *word);

/*
 * The jump-back entry on this kernel's command line. Errors: missing (not
 * started by a jump), given twice, not an address.
 */
struct error *cmdline_jump_back_entry(const char *cmdline, uint64_t *ret_entry);

/* A jump-back entry as typed; `from` names where in the message. Errors: not a number, zero, too large. */
struct error *jump_back_entry_parse(const char *text, const char *from, uint64_t *ret_entry);

#endif
