/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/mailbox.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "hibernate/physical_memory.h"
#include "lib/base/alloc.h"
#include "lib/machine/kernel_cmdline.h"

#define PATTERN_BYTES 16

void mailbox_fill(uint8_t *page, const uint8_t pattern[16])
{
	for (size_t at = 0; at < PAGE_SIZE_BYTES; at += PATTERN_BYTES)
		memcpy(page + at, pattern, PATTERN_BYTES);
}

bool mailbox_is_waiting(const uint8_t *page, const uint8_t pattern[16])
{
	for (size_t at = 0; at < PAGE_SIZE_BYTES; at += PATTERN_BYTES)
		if (memcmp(page + at, pattern, PATTERN_BYTES))
			return false;
	return true;
}

void mailbox_write(uint8_t *page, const char *text)
{
	memset(page, 0, PAGE_SIZE_BYTES);
	memcpy(page, text, strnlen(text, PAGE_SIZE_BYTES - 1));
}

bool mailbox_parse_word(const char *value, uint8_t ret_pattern[16])
{
	uint8_t pattern[PATTERN_BYTES];

	if (strlen(value) != 2 * PATTERN_BYTES || strspn(value, "0123456789abcdef") != 2 * PATTERN_BYTES)
		return false;
	for (size_t i = 0; i < PATTERN_BYTES; i++) {
		const char digits[] = { value[2 * i], value[2 * i + 1], '\0' };

		pattern[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	memcpy(ret_pattern, pattern, sizeof(pattern));
	return true;
}

struct error *mailbox_open(struct mailbox *mailbox)
{
	struct mailbox opened = { 0 };
	void *page = mmap(NULL, PAGE_SIZE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return error_errno(errno, "cannot get a page of memory");
	opened.page = page;
	/* A page in swap would not be found. Without the right to lock it, it most likely stays in memory. */
	mlock(page, PAGE_SIZE_BYTES);
	if (getrandom(opened.pattern, PATTERN_BYTES, 0) != PATTERN_BYTES) {
		mailbox_close(&opened);
		return error_errno(errno, "cannot get random numbers");
	}
	mailbox_fill(opened.page, opened.pattern);
	*mailbox = opened;
	return NULL;
}

void mailbox_close(struct mailbox *mailbox)
{
	if (mailbox->page)
		munmap(mailbox->page, PAGE_SIZE_BYTES);
	*mailbox = (struct mailbox){ 0 };
}

char *mailbox_word(const struct mailbox *mailbox)
{
	char digits[2 * PATTERN_BYTES + 1];

	for (size_t i = 0; i < PATTERN_BYTES; i++)
		snprintf(digits + 2 * i, 3, "%02x", mailbox->pattern[i]);
	return xasprintf(MAILBOX_KEY "=%s", digits);
}

char *mailbox_text(const struct mailbox *mailbox)
{
	if (mailbox_is_waiting(mailbox->page, mailbox->pattern))
		return NULL;

	char *text = xstrndup((const char *)mailbox->page, PAGE_SIZE_BYTES - 1);

	for (char *at = text; *at; at++)
		if (iscntrl((unsigned char)*at))
			*at = ' ';
	return text;
}

/* Writes to every waiting page of one mapped window; returns their number. */
static size_t report_in(uint8_t *data, uint64_t size, const uint8_t pattern[16], const char *text)
{
	size_t found = 0;

	for (uint64_t at = 0; at + PAGE_SIZE_BYTES <= size; at += PAGE_SIZE_BYTES) {
		if (!mailbox_is_waiting(data + at, pattern))
			continue;
		mailbox_write(data + at, text);
		found++;
	}
	return found;
}

static struct error *report_to_memory(const struct physical_memory *physical, const struct span_set *memory,
				      const uint8_t pattern[16], const char *text)
{
	size_t found = 0;

	for (size_t i = 0; i < memory->count; i++) {
		struct span rest = memory->items[i];

		while (!span_is_empty(rest)) {
			struct span window = span_intersect(rest, span_of(rest.start, PHYSICAL_WINDOW_BYTES));
			uint8_t *data;
			struct error *error = physical_memory_map(physical, window, &data);

			if (error)
				return error;
			found += report_in(data, span_size(window), pattern, text);
			physical_memory_unmap(data, window);
			rest.start = window.end;
		}
	}
	return found ? NULL : error_new("the other kernel's memory holds no page that waits for a report");
}

struct error *mailbox_report(const char *cmdline, const struct span_set *memory, const char *text)
{
	AUTO_FREE char *value = NULL;
	struct physical_memory physical = { 0 };
	uint8_t pattern[PATTERN_BYTES];

	if (!cmdline_find(cmdline, MAILBOX_KEY, &value))
		return error_new("no report is expected: there is no " MAILBOX_KEY "= on the command line");
	if (!mailbox_parse_word(value, pattern))
		return error_new(MAILBOX_KEY "=%s is not 32 hex digits", value);

	struct error *error = physical_memory_open(&physical, "/dev/mem");

	if (!error)
		error = report_to_memory(&physical, memory, pattern, text);
	physical_memory_close(&physical);
	return error;
}
