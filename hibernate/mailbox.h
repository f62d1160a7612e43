/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How A learns why B came back: a page of A's that holds nothing but a random
 * pattern, repeated. B gets the pattern on its command line, looks for such
 * pages in A's memory, and puts a text in their place. Nobody has to know
 * the page's physical address, so it does not matter if A's kernel moves
 * the page, or if it lies in the window (then B finds A's copy of it).
 *
 * A page that a program left behind when it was moved matches as well; as
 * long as not a byte of it has changed nobody uses it, and writing to it does
 * no harm.
 */
#ifndef KJ_MAILBOX_H
#define KJ_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/span.h"

/* The word of B's command line; its value is the pattern as 32 hex digits. */
#define MAILBOX_KEY "khreport"

struct mailbox {
	uint8_t pattern[16];
	uint8_t *page; /* in A: locked into memory, PAGE_SIZE_BYTES */
};

/* In A: a new page with a new pattern. */
struct error *mailbox_open(struct mailbox *mailbox);
void mailbox_close(struct mailbox *mailbox);
#define AUTO_MAILBOX __attribute__((cleanup(mailbox_close)))

/* In A: "khreport=..." for B's command line; heap. */
char *mailbox_word(const struct mailbox *mailbox);

/* In A: what B wrote, without control characters; heap, NULL if it wrote nothing. */
char *mailbox_text(const struct mailbox *mailbox);

/*
 * In B: writes `text` to A's mailbox. `cmdline` has the word, `memory` is A's
 * memory (/proc/vmcore's). Errors: no such word, memory not to be had, no such page.
 */
struct error *mailbox_report(const char *cmdline, const struct span_set *memory, const char *text);

/* The parts of it that know the page's form. `text` is cut at the page's end. */
void mailbox_fill(uint8_t *page, const uint8_t pattern[16]);
bool mailbox_is_waiting(const uint8_t *page, const uint8_t pattern[16]);
void mailbox_write(uint8_t *page, const char *text);
bool mailbox_parse_word(const char *value, uint8_t ret_pattern[16]);

#endif
