/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Passes A the reason why B came back: A has a page that contains only a random
 * pattern, repeated. B gets the pattern on its command line, searches A's memory
 * for such pages, and writes a text to them. The page's physical address is not
 * needed, so A's kernel may move the page, and the page may lie in the window
 * (then B finds A's copy of it).
 *
 * A stale copy of the page, left when the kernel moved it, matches as well. As
 * long as all of its bytes are unchanged it is unused, and writing to it does no
 * harm.
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

/* B's text if it saved A, suspended the machine and was woken (power=suspend; initramfs/boot): no failure. */
#define MAILBOX_WOKEN "woken"

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

/* In A: B's text, without control characters; heap, NULL if B wrote none. */
char *mailbox_text(const struct mailbox *mailbox);

/*
 * In B: writes `text` to A's mailbox. `cmdline` has the word, `memory` is A's
 * memory (/proc/vmcore's). Errors: no such word, memory cannot be mapped, no such page.
 */
struct error *mailbox_report(const char *cmdline, const struct span_set *memory, const char *text);

/* The functions for the page's format. `text` is cut at the page's end. */
void mailbox_fill(uint8_t *page, const uint8_t pattern[16]);
bool mailbox_is_waiting(const uint8_t *page, const uint8_t pattern[16]);
void mailbox_write(uint8_t *page, const char *text);
bool mailbox_parse_word(const char *value, uint8_t ret_pattern[16]);

#endif
