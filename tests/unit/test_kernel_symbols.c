/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses of kernel symbols, from a list as large as a kernel's. */
#include "lib/machine/kernel_symbols.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

/* A distribution's has 10 MiB and more. */
#define LIST_BYTES (24 * MIB)

/* The most memory that this process had, so far. */
static uint64_t peak_bytes(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)usage.ru_maxrss * 1024;
}

static void write_list(const char *path)
{
	FILE *file = fopen(path, "we");

	fputs("ffffffff81000000 T _stext\n0000000000000000 A zero\n", file);
	for (uint64_t at = 0; at < LIST_BYTES; at += 32)
		fputs("ffffffff81234567 t filler_symbol\n", file);
	fputs("ffffffff82000000 D late\t[module]\nffffffff83000000 D late\nffffffff84000000 D late\nffffffff85000000 D last", file);
	fclose(file);
}

static void test_large(const char *folder)
{
	struct kernel_symbol symbols[] = { { "late", 0 }, { "_stext", 0 }, { "zero", 1 }, { "none", 0 }, { "last", 0 } };
	AUTO_FREE char *proc = xasprintf("%s/proc", folder);
	AUTO_FREE char *path = xasprintf("%s/kallsyms", proc);

	mkdir(proc, 0755);
	write_list(path);

	uint64_t before = peak_bytes();

	ok(no_error(kernel_symbols_read(folder, symbols, ARRAY_COUNT(symbols))), "a large list");
	/* Where another kernel is to be gone back to, this one may have little memory. */
	ok(peak_bytes() - before < LIST_BYTES / 4, "it is not kept in memory");
	ok(symbols[0].linear == 0xffffffff83000000, "the first of a name, but for a module's");
	ok(symbols[1].linear == 0xffffffff81000000 && symbols[2].linear == 0, "the first lines");
	ok(symbols[3].linear == UINT64_MAX, "a name that is not listed");
	ok(symbols[4].linear == 0xffffffff85000000, "a line that does not end");
	unlink(path);
	ok(error_contains(kernel_symbols_read(folder, symbols, ARRAY_COUNT(symbols)), "kallsyms\": No such file"), "no list");
	rmdir(proc);
}

int main(void)
{
	char *folder = make_folder();

	test_large(folder);
	remove_folder(folder);
	return tap_done();
}
