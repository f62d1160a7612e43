/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/text.h"

#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "tests/tap.h"

static void test_numbers(void)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = { { "0", 0 }, { "4096", 4096 }, { "0x1000", 0x1000 }, { "010", 8 }, { "1K", 1024 },
		     { "16m", 16u << 20 }, { "4G", UINT64_C(4) << 30 }, { "0x2T", UINT64_C(2) << 40 },
		     { "0xffffffffffffffff", UINT64_MAX }, { "18446744073709551615", UINT64_MAX } };
	static const char *const bad[] = { "", " 1", "1 ", "-1", "+1", "x", "0x", "0xg", "1KB", "1k1", "1.5", "K",
					   "18446744073709551616", "0x10000000000000000", "16777216T", "1\n" };
	uint64_t value;

	for (size_t i = 0; i < ARRAY_COUNT(good); i++)
		ok(parse_number(good[i].text, &value) && value == good[i].value, "%s is a number", good[i].text);
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		value = 42;
		ok(!parse_number(bad[i], &value) && value == 42, "\"%s\" is none", bad[i][0] == '1' && bad[i][1] == '\n' ?
			   "1, newline" : bad[i]);
	}
}

static void test_hex(void)
{
	const char *cursor = "3ffdfFFf-x";
	uint64_t value = 0;

	ok(parse_hex(&cursor, &value) && value == 0x3ffdffff && *cursor == '-', "hex digits, up to the first other");
	ok(!parse_hex(&cursor, &value) && *cursor == '-', "none is no number, and goes nowhere");
	cursor = "11112222333344445";
	ok(!parse_hex(&cursor, &value), "nor are 17 of them");
	cursor = "";
	ok(!parse_hex(&cursor, &value), "nor is the end");
}

static void test_lines(void)
{
	const char *cursor = "one\n\nthree";
	AUTO_FREE char *first = next_line(&cursor);
	AUTO_FREE char *second = next_line(&cursor);
	AUTO_FREE char *third = next_line(&cursor);
	const char *end = "one\n";

	is_text(first, "one", "the first line");
	is_text(second, "", "an empty line is one");
	is_text(third, "three", "the last needs no newline");
	ok(!next_line(&cursor) && !next_line(&cursor), "then there is none");
	free(next_line(&end));
	ok(!next_line(&end), "a newline at the end begins no line");
}

static void test_values(void)
{
	static const char text[] = "OSRELEASE=6.1\nSYMBOL(a)=ffffffff81000000\nXSYMBOL(b)=1\nEMPTY=\nNEGATIVE=-2\nBAD=12x\n"
				   "NUMBER(n)=3\nNUMBER(n)=4";
	AUTO_FREE char *release = line_value(text, "OSRELEASE");
	AUTO_FREE char *empty = line_value(text, "EMPTY");
	uint64_t value = 0;

	is_text(release, "6.1", "a value is what follows the key up to the line's end");
	is_text(empty, "", "it may be empty");
	ok(!line_value(text, "SYMBOL(b)"), "a key is all of the line before =");
	ok(!line_value(text, "NONE") && !line_value("", "NONE"), "there may be none");
	ok(line_number(text, "SYMBOL(a)", 16, &value) && value == 0xffffffff81000000, "a hexadecimal value");
	ok(line_number(text, "NEGATIVE", 10, &value) && value == (uint64_t)-2, "a negative one");
	ok(line_number(text, "NUMBER(n)", 10, &value) && value == 3, "of two the first counts");
	ok(!line_number(text, "BAD", 10, &value) && !line_number(text, "EMPTY", 16, &value), "what is no number");
}

static void test_sizes(void)
{
	static const struct {
		uint64_t size;
		const char *text;
	} cases[] = { { 0, "0 bytes" }, { 1023, "1023 bytes" }, { 1024, "1.0 KiB" }, { 36 * 1024 + 512, "36.5 KiB" },
		      { 1 << 20, "1.0 MiB" }, { UINT64_C(3) << 30, "3.0 GiB" }, { UINT64_C(1) << 52, "4.0 PiB" } };

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_FREE char *text = size_text(cases[i].size);

		is_text(text, cases[i].text, "%s for people", cases[i].text);
	}
}

int main(void)
{
	test_numbers();
	test_hex();
	test_lines();
	test_values();
	test_sizes();
	return tap_done();
}
