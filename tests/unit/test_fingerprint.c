/* SPDX-License-Identifier: GPL-2.0-only */
/* What makes a snapshot one of this machine, and what does not matter for that. */
#include "lib/machine/fingerprint.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "include/kjump_note.h"
#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static uint64_t cpu_of(const char *cpuinfo)
{
	char *folder = make_folder();
	char *proc = xasprintf("%s/proc", folder);

	if (mkdir(proc, 0777))
		exit(2);
	free(write_file(proc, "cpuinfo", (struct bytes){ (const uint8_t *)cpuinfo, strlen(cpuinfo) }));

	uint64_t digest = fingerprint_cpu(folder);

	remove_folder(proc);
	remove_folder(folder);
	return digest;
}

#define CPU(vendor, model, flags)                                                                              \
	"processor\t: 0\nvendor_id\t: " vendor "\ncpu family\t: 6\nmodel\t\t: " model                           \
	"\nmodel name\t: Some\nmicrocode\t: 0x1\ncpu MHz\t\t: 2000.0\nflags\t\t: " flags "\nbugs\t\t: meltdown\n\n"

static void test_cpu(void)
{
	const char *usual = CPU("GenuineIntel", "26", "fpu sse sse2 nx lm pti ssbd avx");
	uint64_t digest = cpu_of(usual);

	ok(digest == cpu_of(usual), "a processor is the same as itself");
	ok(digest == cpu_of(CPU("GenuineIntel", "26", "fpu sse sse2 nx lm rep_good avx ibrs_enhanced")),
	   "what a kernel adds to the flags does not matter");
	ok(digest != cpu_of(CPU("GenuineIntel", "26", "fpu sse sse2 nx lm pti ssbd")), "a feature that is gone does");
	ok(digest != cpu_of(CPU("GenuineIntel", "26", "fpu sse sse2 nx lm avx avx2")), "a new one does");
	ok(digest == cpu_of(CPU("GenuineIntel", "26", "fpu sse sse2 nx lm avx_vnni avx")),
	   "a name that begins like a feature's is another one");
	ok(digest != cpu_of(CPU("AuthenticAMD", "26", "fpu sse sse2 nx lm avx")), "the vendor does");
	ok(digest != cpu_of(CPU("GenuineIntel", "27", "fpu sse sse2 nx lm avx")), "the model does");
	ok(digest == cpu_of(CPU("GenuineIntel", "26", "fpu sse sse2 nx lm avx") CPU("GenuineIntel", "26", "fpu")),
	   "the second processor does not");
	ok(!fingerprint_cpu("/proc/self/nothing"), "no processor, no fingerprint");
}

static void test_memory(void)
{
	struct memmap_entry entries[] = { { { 0, 0x9f000 }, MEMORY_RAM }, { { 0x100000, 0x8000000 }, MEMORY_RAM } };
	struct machine machine = { .firmware_map = { .entries = entries, .count = 2 } };
	uint64_t digest = fingerprint_memory(&machine);

	ok(digest == fingerprint_memory(&machine), "a memory map is the same as itself");
	entries[1].span.end += PAGE_SIZE_BYTES;
	ok(digest != fingerprint_memory(&machine), "a page more is another map");
	entries[1].span.end -= PAGE_SIZE_BYTES;
	entries[1].type = MEMORY_RESERVED;
	ok(digest == fingerprint_memory(&machine), "memory that a confined kernel gets as reserved is the same");
	entries[1].type = MEMORY_ACPI;
	ok(digest != fingerprint_memory(&machine), "another type is another map");
	machine.firmware_map.count = 1;
	ok(digest != fingerprint_memory(&machine), "a range less is another map");
}

static void test_free_pages(void)
{
	static const struct {
		const char *cmdline, *config;
		uint32_t wanted;
	} cases[] = {
		{ "quiet", NULL, KJUMP_FREE_ANY },
		{ "init_on_free=1", NULL, KJUMP_FREE_ZERO },
		{ "page_poison=1", NULL, KJUMP_FREE_POISON },
		{ "page_poison=0 init_on_free=0", NULL, KJUMP_FREE_ANY },
		{ "init_on_free=yes", NULL, KJUMP_FREE_ZERO },
		{ "init_on_free=On", NULL, KJUMP_FREE_ZERO },
		{ "init_on_free=off", NULL, KJUMP_FREE_ANY },
		{ "init_on_free", NULL, KJUMP_FREE_ANY },
		{ "init_on_free=1 init_on_free=0", NULL, KJUMP_FREE_ANY },
		{ "init_on_free=1 page_poison=1", NULL, KJUMP_FREE_POISON },
		{ "quiet", "CONFIG_INIT_ON_FREE_DEFAULT_ON=y", KJUMP_FREE_ZERO },
		{ "init_on_free=0", "CONFIG_INIT_ON_FREE_DEFAULT_ON=y", KJUMP_FREE_ANY },
		{ "init_on_free=o", "CONFIG_INIT_ON_FREE_DEFAULT_ON=y", KJUMP_FREE_ZERO },
		{ "quiet", "# CONFIG_INIT_ON_FREE_DEFAULT_ON is not set", KJUMP_FREE_ANY },
		{ "page_poison=1", "# CONFIG_PAGE_POISONING is not set", KJUMP_FREE_ANY },
		{ "page_poison=1 init_on_free=1", "# CONFIG_PAGE_POISONING is not set", KJUMP_FREE_ZERO },
		{ "page_poison=1", "CONFIG_PAGE_POISONING=y", KJUMP_FREE_POISON },
		{ "page_poison=1", "CONFIG_PAGE_POISONING=y\nCONFIG_PAGE_POISONING_ZERO=y\n", KJUMP_FREE_ZERO },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		is_u64(fingerprint_free_pages(cases[i].cmdline, cases[i].config), cases[i].wanted,
		       "free pages of a kernel with %s, built with %.*s", cases[i].cmdline,
		       (int)strcspn(cases[i].config ? cases[i].config : "what is usual", "\n"),
		       cases[i].config ? cases[i].config : "what is usual");
}

int main(void)
{
	test_cpu();
	test_memory();
	test_free_pages();
	return tap_done();
}
