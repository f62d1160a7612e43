/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/kernel_cmdline.h"

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static void is_without(const char *cmdline, const char *wanted, const char *name)
{
	static const char *const keys[] = { "BOOT_IMAGE", "elfcorehdr", NULL };
	AUTO_FREE char *result = cmdline_without(cmdline, keys);

	is_text(result, wanted, "%s", name);
}

static void test_without(void)
{
	is_without("", "", "nothing without anything is nothing");
	is_without("root=/dev/sda quiet", "root=/dev/sda quiet", "what has no such word stays");
	is_without("BOOT_IMAGE=/vmlinuz root=/dev/sda", "root=/dev/sda", "the first word goes");
	is_without("quiet elfcorehdr=0x1000", "quiet", "the last word goes");
	is_without("a BOOT_IMAGE=x b elfcorehdr=1 c", "a b c", "and each in between");
	is_without("BOOT_IMAGE=1 BOOT_IMAGE=2", "", "all of them");
	is_without("BOOT_IMAGE", "", "without a value, too");
	is_without("BOOT_IMAGES=1 xBOOT_IMAGE=2 x=BOOT_IMAGE", "BOOT_IMAGES=1 xBOOT_IMAGE=2 x=BOOT_IMAGE",
		   "a longer word is another one");
	is_without("  a \t b\n", "a b", "blanks are one");
	is_without("x=\"a BOOT_IMAGE=1 b\" y", "x=\"a BOOT_IMAGE=1 b\" y", "what is quoted is no word");
	is_without("a -- elfcorehdr=1  b", "a -- elfcorehdr=1  b", "an argument of init is no parameter");
	is_without("elfcorehdr=2 -- x", "-- x", "one before it is");
	is_without("\"BOOT_IMAGE=a b\" BOOT-IMAGE=1 \"elfcorehdr\" c", "c",
		   "quotes around the word are not of its name, and dashes are underscores");
	is_without("a\vBOOT_IMAGE=1\rb\fc", "a b c", "all blanks of ASCII");
	is_without("root=LABEL=\xd0\xa0\xd0\xbe\xd0\xb4 BOOT_IMAGE=1 -- \xd0\xa0", "root=LABEL=\xd0\xa0\xd0\xbe\xd0\xb4 -- \xd0\xa0",
		   "a letter of UTF-8 stays whole");
	is_without("BOOT_IMAGE=\"a b\" y", "y", "a quoted value goes with its word");
	is_without("x=\"never closed BOOT_IMAGE=1", "x=\"never closed BOOT_IMAGE=1", "a quote that is not closed");
}

static void test_join(void)
{
	static const char *const cases[][3] = {
		{ NULL, NULL, "" }, { "a", NULL, "a" }, { NULL, "b", "b" }, { "", "b", "b" }, { "a", "", "a" },
		{ "a b", "c", "a b c" }, { "a  b ", " c", "a  b c" }, { "a=\"b  c ", NULL, "a=\"b  c " },
		/* No parameter behind "--". */
		{ "a -- x", "b", "a b -- x" }, { "a", "b -- x", "a b -- x" }, { "a -- x", "b -- y z", "a b -- x y z" },
		{ "-- x", "b", "b -- x" }, { "a", "--", "a --" }, { "--", "--", "--" }, { "a --", "b", "a b --" },
		{ "a=\"b -- c\"", "d", "a=\"b -- c\" d" }, { "a \"--\" x", "b", "a b -- x" },
		{ "a -- \"x", "b -- y", "a b -- \"x\" y" }, { "a -- \"x", "b", "a b -- \"x" },
		/* A quote that is not closed holds all that follows. */
		{ "a b=\"c", "d", "a d b=\"c" }, { "a", "b=\"c", "a b=\"c" }, { "a=\"b", "c=\"d", "a=\"b\" c=\"d" },
		{ "a=\"b", "c -- x", "c a=\"b\" -- x" }, { "a -- x", "b=\"c", "a b=\"c\" -- x" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_FREE char *joined = cmdline_join(cases[i][0], cases[i][1]);

		is_text(joined, cases[i][2], "\"%s\" joined", cases[i][2]);
	}
}

static void test_override(void)
{
	static const char *const cases[][3] = {
		{ "a=1 b", "a=2", "b a=2" }, { "a=1 b a=3 -- a=4", "a=2", "b a=2 -- a=4" }, { NULL, "a=2", "a=2" },
		{ "a b", NULL, "a b" }, { "a-b=1 c", "a_b=2", "c a_b=2" }, { "a=1 c", "a=2 a=3", "c a=2 a=3" },
		{ "a b=1", "c b=2 -- x", "a c b=2 -- x" }, { "b=\"1 c", "a", "a b=\"1 c" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_FREE char *result = cmdline_override(cases[i][0], cases[i][1]);

		is_text(result, cases[i][2], "\"%s\" has one of each", cases[i][2]);
	}
}

static void test_concat(void)
{
	AUTO_FREE char *both = cmdline_concat("a -- x", "b");
	AUTO_FREE char *one = cmdline_concat(NULL, "b");

	is_text(both, "a -- x b", "for what is not Linux: in the order given");
	is_text(one, "b", "one alone");
}

/* What lib/cmdline.c, next_arg, makes the value of "a". */
static void test_values(void)
{
	static const char *const cases[][2] = {
		{ "a=b", "b" }, { "a=", "" }, { "a", "" }, { "a=b=c", "b=c" }, { "a=\"b c\" d", "b c" },
		{ "\"a=b c\" d", "b c" }, { "a=b\"c d\"e f", "b\"c d\"e" }, { "a=\"b c", "b c" }, { "a=\"", "" },
		{ "a=\"\"", "" }, { "a=\"b\"c d", "b\"c" }, { "\"a=\"b", "b" }, { "\"a", "" }, { "a=1 -- a=2", "1" },
		{ "a=1 \"a=2 -- a=3", "2 -- a=3" }, { "a=1 --b a=2", "2" }, { "a=1 --= a=2", "2" }, { "a=1 -- -- a=2", "1" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_FREE char *value = NULL;

		ok(cmdline_find(cases[i][0], "a", &value) > 0, "%s: there", cases[i][0]);
		is_text(value, cases[i][1], "%s: its value", cases[i][0]);
	}
}

static void test_early_word(void)
{
	static const char *const there[] = { "no5lvl", "a no5lvl", "no5lvl b", "a -- no5lvl", "a=\"b no5lvl c\"",
					     "no5lvlx no5lvl" };
	static const char *const missing[] = { "", "no5lvlx", "xno5lvl", "no5lvl=1", "no-5lvl" };

	for (size_t i = 0; i < ARRAY_COUNT(there); i++)
		ok(cmdline_has_early_word(there[i], "no5lvl"), "%s has no5lvl", there[i]);
	for (size_t i = 0; i < ARRAY_COUNT(missing); i++)
		ok(!cmdline_has_early_word(missing[i], "no5lvl"), "\"%s\" has not", missing[i]);
}

static void test_find(void)
{
	AUTO_FREE char *value = NULL;

	is_u64(cmdline_find("a=1 b a=2 aa=3 a", "a", &value), 3, "each is counted");
	is_text(value, "", "the last counts, here without a value");
	is_u64(cmdline_find("a=1", "b", &value), 0, "or there is none");
	is_text(value, "", "and what was there before stays");
}

static void test_entry(void)
{
	static const char *const bad[] = { "kexec_jump_back_entry=", "kexec_jump_back_entry", "kexec_jump_back_entry=x",
					   "kexec_jump_back_entry=0x", "kexec_jump_back_entry=-1" };
	static const char *const impossible[] = { "kexec_jump_back_entry=0", "kexec_jump_back_entry=0xfff",
						  "kexec_jump_back_entry=0x10000000000000",
						  "kexec_jump_back_entry=0xffffffffffffffff" };
	uint64_t entry = 0;

	ok(no_error(cmdline_jump_back_entry("quiet kexec_jump_back_entry=0x3e1f2000", &entry)) && entry == 0x3e1f2000,
	   "an entry is read");
	ok(no_error(cmdline_jump_back_entry("kexec_jump_back_entry=0x1000", &entry)) && entry == 0x1000,
	   "from the second page on");
	ok(no_error(cmdline_jump_back_entry("kexec_jump_back_entry=0xfffffffffffff", &entry)),
	   "to the last physical address");
	entry = 42;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		ok(error_contains(cmdline_jump_back_entry(bad[i], &entry), "is not an address") && entry == 42, "%s", bad[i]);
	for (size_t i = 0; i < ARRAY_COUNT(impossible); i++)
		ok(error_contains(cmdline_jump_back_entry(impossible[i], &entry), "is no address of memory"), "%s",
		   impossible[i]);
	ok(error_contains(cmdline_jump_back_entry("quiet", &entry), "not started by a jump"), "none");
	ok(error_contains(cmdline_jump_back_entry("kexec_jump_back_entry=0x1000 kexec_jump_back_entry=0x1000", &entry),
			  "2 times"), "two, even if they are the same");
	ok(error_contains(cmdline_jump_back_entry("quiet -- kexec_jump_back_entry=0x1000", &entry), "not started by a jump"),
	   "an argument of init");
	is_u64(JUMP_BACK_ENTRY_ROOM, strlen(" kexec_jump_back_entry=0x0123456789abcdef"), "the room kept for one");
}

int main(void)
{
	test_without();
	test_join();
	test_override();
	test_concat();
	test_values();
	test_early_word();
	test_find();
	test_entry();
	return tap_done();
}
