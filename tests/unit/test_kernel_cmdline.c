/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/kernel_cmdline.h"

#include "lib/base/memory.h"
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
	is_without("BOOT_IMAGE=\"a b\" y", "y", "a quoted value goes with its word");
	is_without("x=\"never closed BOOT_IMAGE=1", "x=\"never closed BOOT_IMAGE=1", "a quote that is not closed");
}

static void test_join(void)
{
	static const char *const cases[][3] = { { NULL, NULL, "" }, { "a", NULL, "a" }, { NULL, "b", "b" },
						{ "", "b", "b" }, { "a", "", "a" }, { "a b", "c", "a b c" } };

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_FREE char *joined = cmdline_join(cases[i][0], cases[i][1]);

		is_text(joined, cases[i][2], "\"%s\" joined", cases[i][2]);
	}
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
		ok(error_says(cmdline_jump_back_entry(bad[i], &entry), "is not an address") && entry == 42, "%s", bad[i]);
	for (size_t i = 0; i < ARRAY_COUNT(impossible); i++)
		ok(error_says(cmdline_jump_back_entry(impossible[i], &entry), "is no address of memory"), "%s",
		   impossible[i]);
	ok(error_says(cmdline_jump_back_entry("quiet", &entry), "not started by a jump"), "none");
	ok(error_says(cmdline_jump_back_entry("kexec_jump_back_entry=0x1000 kexec_jump_back_entry=0x1000", &entry),
		      "2 times"), "two, even if they are the same");
	is_u64(JUMP_BACK_ENTRY_ROOM, strlen(" kexec_jump_back_entry=0x0123456789abcdef"), "the room kept for one");
}

int main(void)
{
	test_without();
	test_join();
	test_find();
	test_entry();
	return tap_done();
}
