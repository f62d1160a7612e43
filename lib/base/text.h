/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small text: numbers as users and the kernel write them, lines, and
 * `key=value` texts such as VMCOREINFO.
 */
#ifndef KJ_TEXT_H
#define KJ_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A whole number, as strtoull with base 0 reads it, with an optional suffix
 * K, M, G or T (powers of 1024) as in the kernel's memparse. False, and
 * *ret_value untouched, on any other text: empty, sign, blanks, trailing
 * characters, more than 64 bits.
 */
bool parse_number(const char *text, uint64_t *ret_value);

/* Hex digits without 0x, up to the first other character; moves *cursor there. */
bool parse_hex(const char **cursor, uint64_t *ret_value);

/* Copies the next line (without its newline) of *cursor into a heap string and advances; NULL at the end. */
char *next_line(const char **cursor);

/*
 * The value after "key=" at the beginning of a line, up to the line's end;
 * heap, NULL if there is none.
 */
char *line_value(const char *text, const char *key);

/* line_value as a number: `base` 10 (may be negative, wraps to 64 bits) or 16. */
bool line_number(const char *text, const char *key, int base, uint64_t *ret_value);

#endif
