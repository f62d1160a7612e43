/* SPDX-License-Identifier: GPL-2.0-only */
/* Small texts: numbers, lines, key=value, a kernel's configuration, the mailbox's word. The first line is a key. */
#include "hibernate/mailbox.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "lib/machine/kernel_config.h"
#include "tests/fuzz/fuzz.h"

static void check_numbers(const char *text)
{
	const char *cursor = text;
	uint64_t number = 7, hex = 7;

	REQUIRE(!parse_number(text, &number) ? number == 7 : strspn(text, "0123456789xXabcdefABCDEFKkMmGgTt") == strlen(text));
	bool is_hex = parse_hex(&cursor, &hex);

	REQUIRE(is_hex ? cursor > text && cursor <= text + strlen(text) : cursor == text && hex == 7);
}

static void check_lines(const char *text)
{
	size_t length = strlen(text), seen = 0;
	char *line;

	while ((line = next_line(&text))) {
		REQUIRE(!strchr(line, '\n'));
		seen += strlen(line) + 1;
		check_numbers(line);
		free(line);
	}
	REQUIRE(seen == length || seen == length + 1);
}

static void check_key(const char *text, const char *key)
{
	AUTO_FREE char *value = line_value(text, key);
	uint64_t number = 7;

	REQUIRE(!value || (!strchr(value, '\n') && strstr(text, value)));
	REQUIRE((!line_number(text, key, 10, &number) && number == 7) || value);
	(void)line_number(text, key, 16, &number);
	(void)kernel_config_has(text, key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *key = fuzz_text(data, size);
	char *text = strchr(key, '\n');
	uint8_t pattern[16];

	if (!text)
		return 0;
	*text++ = '\0';
	(void)mailbox_parse_word(key, pattern);
	check_lines(text);
	check_key(text, key);
	return 0;
}
