/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel command lines: the first line of the input is a key, the rest the command line. */
#include "lib/base/memory.h"
#include "lib/base/span.h"
#include "lib/machine/kernel_cmdline.h"
#include "tests/fuzz/fuzz.h"

static void check_word(const char *cmdline, const char *key)
{
	AUTO_FREE char *value = NULL;
	AUTO_FREE char *left = NULL;
	AUTO_FREE char *none = NULL;
	unsigned int count = cmdline_find(cmdline, key, &value);

	REQUIRE(!count == !value);
	left = cmdline_without(cmdline, (const char *const[]){ key, NULL });
	REQUIRE(strlen(left) <= strlen(cmdline));
	/* A quote in a key could open a word that ends elsewhere once others are gone: no key has one. */
	REQUIRE(strchr(cmdline, '"') || !cmdline_find(left, key, &none));
}

static void check_entry(struct error *error, uint64_t entry)
{
	REQUIRE(error || (entry >= PAGE_SIZE_BYTES && entry < SPAN_ADDRESS_END));
	error_free(error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = fuzz_text(data, size);
	char *cmdline = strchr(text, '\n');
	uint64_t entry = 0;

	if (!cmdline)
		return 0;
	*cmdline++ = '\0';
	check_word(cmdline, JUMP_BACK_ENTRY_KEY);
	if (*text && !strpbrk(text, " \t\"="))
		check_word(cmdline, text);

	struct error *error = cmdline_jump_back_entry(cmdline, &entry);
	check_entry(error, entry);
	error = jump_back_entry_parse(text, "--entry", &entry);
	check_entry(error, entry);

	AUTO_FREE char *joined = cmdline_join(text, cmdline);
	REQUIRE(strlen(joined) >= strlen(text) && strlen(joined) >= strlen(cmdline));
	return 0;
}
