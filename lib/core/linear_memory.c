/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/linear_memory.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/span.h"

struct error *linear_memory_init(struct linear_memory *memory, const struct core_file *core, const struct arch *arch)
{
	struct error *error = page_tables_init(&memory->tables, core, arch);

	memory->core = core;
	memory->has_tables = !error;
	return error;
}

/* The physical address of `linear`, and the contiguous bytes from there on, at most `size`. */
static struct error *translate(const struct linear_memory *memory, uint64_t linear, size_t size, uint64_t *ret_phys,
			       uint64_t *ret_bytes)
{
	uint64_t last;

	*ret_bytes = size;
	if (core_file_phys_of(memory->core, linear, ret_phys) &&
	    core_file_phys_of(memory->core, linear + size - 1, &last) && last - *ret_phys == size - 1)
		return NULL;
	if (!memory->has_tables)
		return error_new("%s does not show the kernel's memory at 0x%" PRIx64, memory->core->path, linear);
	return page_tables_translate(&memory->tables, linear, ret_phys, ret_bytes);
}

/*
 * Reads up to `*bytes` in one piece; at a border of PT_LOADs only to the end of the page, and sets *bytes. Memory
 * left out of a core contained zeros: a kernel's own structures are not in free pages.
 */
static struct error *read_piece(const struct linear_memory *memory, uint64_t phys, void *to, size_t *bytes)
{
	size_t page_rest = (size_t)(PAGE_SIZE_BYTES - phys % PAGE_SIZE_BYTES);
	struct error *error = core_file_read_phys(memory->core, phys, to, *bytes);

	if (!error)
		return NULL;
	if (*bytes > page_rest) {
		error_free(error);
		*bytes = page_rest;
		error = core_file_read_phys(memory->core, phys, to, *bytes);
	}
	if (!error || !core_file_lacks_phys(memory->core, phys, *bytes))
		return error;
	error_free(error);
	memset(to, 0, *bytes);
	return NULL;
}

struct error *linear_memory_read(const struct linear_memory *memory, uint64_t linear, void *to, size_t size)
{
	uint8_t *at = to;

	while (size) {
		uint64_t phys, run;
		struct error *error = translate(memory, linear, size, &phys, &run);

		if (error)
			return error;

		size_t bytes = run < size ? (size_t)run : size;

		error = read_piece(memory, phys, at, &bytes);
		if (error)
			return error;
		at += bytes;
		linear += bytes;
		size -= bytes;
	}
	return NULL;
}
