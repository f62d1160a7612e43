/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/mailbox.h"

#include <string.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"

static void test_page(void)
{
	static const uint8_t pattern[16] = "0123456789abcdef", other[16] = "0123456789abcdeg";
	uint8_t page[PAGE_SIZE_BYTES], text[PAGE_SIZE_BYTES + 10];

	mailbox_fill(page, pattern);
	ok(mailbox_is_waiting(page, pattern), "a fresh page waits");
	ok(!mailbox_is_waiting(page, other), "not for another pattern");
	page[PAGE_SIZE_BYTES - 1] ^= 1;
	ok(!mailbox_is_waiting(page, pattern), "nor when a byte of it has changed: somebody uses it");
	mailbox_write(page, "the disk is full");
	is_text((char *)page, "the disk is full", "a text is written");
	ok(!mailbox_is_waiting(page, pattern), "and the page waits no more");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	mailbox_write(page, (char *)text);
	is_u64(strlen((char *)page), PAGE_SIZE_BYTES - 1, "a long text is cut at the page's end");
}

static void test_word(void)
{
	static const char *const bad[] = { "", "00", "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789ABCDEF",
					   "0123456789abcdef0123456789abcdef0" };
	uint8_t pattern[16] = { 7 };

	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		ok(!mailbox_parse_word(bad[i], pattern) && pattern[0] == 7, "\"%s\" is no pattern", bad[i]);
	ok(mailbox_parse_word("00112233445566778899aabbccddeeff", pattern) && pattern[1] == 0x11 && pattern[15] == 0xff,
	   "32 hex digits are one");
}

static void test_both_sides(void)
{
	AUTO_MAILBOX struct mailbox mailbox = { 0 };
	uint8_t pattern[16];
	struct error *error = mailbox_open(&mailbox);

	ok(!error, "a mailbox is made");
	if (error)
		return;

	AUTO_FREE char *word = mailbox_word(&mailbox);
	AUTO_FREE char *nothing = mailbox_text(&mailbox);

	ok(!nothing, "there is nothing in it");
	ok(!strncmp(word, "khreport=", 9) && mailbox_parse_word(word + 9, pattern) &&
		   mailbox_is_waiting(mailbox.page, pattern),
	   "its word on the command line leads to it");
	mailbox_write(mailbox.page, "no\nroom\x1b[2J");
	AUTO_FREE char *text = mailbox_text(&mailbox);

	is_text(text, "no room [2J", "a text comes without control characters");
}

static void test_refusals(void)
{
	struct span_set none = { 0 };
	struct error *error = mailbox_report("quiet", &none, "x");

	is_text(error_text(error), "no report is expected: there is no khreport= on the command line",
		"no report was asked for");
	error_free(error);
	error = mailbox_report("khreport=12", &none, "x");
	is_text(error_text(error), "khreport=12 is not 32 hex digits", "a word that is no pattern");
	error_free(error);
}

int main(void)
{
	test_page();
	test_word();
	test_both_sides();
	test_refusals();
	return tap_done();
}
