/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel's log: a byte for the width, VMCOREINFO up to a NUL, and the memory from LINEAR on. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/core/kernel_log.h"
#include "tests/fuzz/fuzz.h"

/* As in make_seeds.c. */
#define LINEAR UINT64_C(0xc2345000)

static struct error *read_memory(void *memory, uint64_t linear, void *to, size_t size)
{
	struct bytes part;

	if (!bytes_part(*(const struct bytes *)memory, linear - LINEAR, size, &part))
		return error_new("no memory there");
	if (size)
		memcpy(to, part.data, size);
	return NULL;
}

static struct error *check_record(void *count, const struct log_record *record)
{
	AUTO_FREE char *text = log_record_text(record, true);
	size_t length = strlen(text);

	REQUIRE(length && text[length - 1] == '\n');
	for (size_t i = 0; i < length; i++)
		REQUIRE(text[i] == '\n' || text[i] == '\t' || (text[i] >= ' ' && text[i] <= '~'));
	/* More than the memory has bytes: an endless log. */
	REQUIRE(++*(size_t *)count < 100000);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t info_length = size ? strnlen((const char *)data + 1, size - 1) : 0, count = 0;
	struct bytes all = { data, size }, memory = { 0 };

	if (!bytes_part(all, 1 + info_length + 1, size - info_length - 2, &memory))
		return 0;

	AUTO_FREE char *info = xstrndup((const char *)data + 1, info_length);
	struct kernel_log_source source = { info, data[0] & 1, read_memory, &memory };

	error_free(kernel_log_read(&source, check_record, &count));
	return 0;
}
