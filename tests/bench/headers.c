/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: headers RANGES
 *
 * Prints in how many milliseconds /proc/iomem of so many ranges of RAM becomes the
 * headers of a vmcore: the text's parsing, and then the headers; best of ten.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kexec/plan/vmcore_headers.h"
#include "lib/base/alloc.h"
#include "lib/core/arch.h"
#include "lib/machine/memmap.h"
#include "tests/unit/fixtures.h"

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void put_iomem(struct buffer *text, uint64_t ranges)
{
	for (uint64_t i = 0; i < ranges; i++) {
		AUTO_FREE char *line = xasprintf("%08" PRIx64 "-%08" PRIx64 " : System RAM\n", i << 20, (i << 20) + 0x7ffff);

		put(text, line, strlen(line));
	}
	put(text, "", 1);
}

static void fail_on(struct error *error)
{
	if (!error)
		return;
	fprintf(stderr, "headers: %s\n", error_text(error));
	exit(1);
}

static void measure(const char *text, double *best_parse, double *best_build)
{
	const struct kernel_map map = { .arch = &arch_x86_64, .direct_offset = UINT64_C(0xffff888000000000),
					.direct_end = SPAN_ADDRESS_END };
	const struct vmcore_note note = { "VMCOREINFO", 0, "OSRELEASE=6.1\n", 14 };
	AUTO_SPAN_SET struct span_set ram = { 0 };
	AUTO_FREE uint8_t *data = NULL;
	struct iomem iomem = { 0 };
	size_t size, desc;
	double start = now_ms();

	fail_on(iomem_parse(text, &iomem));
	double parsed = now_ms();

	memmap_collect(&iomem.map, MEMORY_RAM, &ram);
	const struct vmcore_headers headers = {
		.is_64 = true, .map = &map, .memory = &ram, .notes = &note, .note_count = 1
	};

	fail_on(vmcore_headers_build(&headers, 0x9000000, &data, &size, &desc));
	double built = now_ms();

	if (parsed - start < *best_parse)
		*best_parse = parsed - start;
	if (built - parsed < *best_build)
		*best_build = built - parsed;
	iomem_deinit(&iomem);
}

int main(int argc, char **argv)
{
	AUTO_BUFFER struct buffer text = { 0 };
	double parse = 1e9, build = 1e9;

	if (argc != 2) {
		fprintf(stderr, "usage: headers RANGES\n");
		return 2;
	}
	put_iomem(&text, strtoul(argv[1], NULL, 10));
	for (int round = 0; round < 10; round++)
		measure((const char *)text.data, &parse, &build);
	printf("%.3f %.3f\n", parse, build);
	return 0;
}
