/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/pe.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/alloc.h"

enum {
	DOS_MAGIC = 0x5a4d,        /* "MZ" */
	DOS_HEADER_OFFSET = 0x3c,  /* where the PE header is */
	PE_MAGIC = 0x00004550,     /* "PE\0\0" */
	/* in the PE header */
	MACHINE = 4,
	SECTION_COUNT = 6,
	OPTIONAL_HEADER_SIZE = 20,
	HEADER_BYTES = 24,
	/* in the section table */
	VIRTUAL_SIZE = 8,
	RAW_SIZE = 16,
	RAW_OFFSET = 20,
	SECTION_BYTES = 40,
};

bool pe_probe(struct bytes bytes)
{
	uint64_t header = bytes_u32(bytes, DOS_HEADER_OFFSET);

	return bytes_u16(bytes, 0) == DOS_MAGIC && bytes_contain(bytes, header, HEADER_BYTES) &&
	       bytes_u32(bytes, header) == PE_MAGIC;
}

/* The whole section table; false if it is not there. */
static bool find_table(struct bytes bytes, struct bytes *ret_table)
{
	uint64_t header = bytes_u32(bytes, DOS_HEADER_OFFSET);
	uint64_t start = header + HEADER_BYTES + bytes_u16(bytes, header + OPTIONAL_HEADER_SIZE);

	return bytes_part(bytes, start, bytes_u16(bytes, header + SECTION_COUNT) * (uint64_t)SECTION_BYTES, ret_table);
}

bool pe_has_section(struct bytes bytes, const char *name)
{
	struct bytes table;

	if (!pe_probe(bytes) || !find_table(bytes, &table))
		return false;
	for (size_t at = 0; at < table.size; at += SECTION_BYTES)
		/* A shorter name ends with a NUL; the bytes behind it are ignored, as in read_section. */
		if (!strncmp((const char *)table.data + at, name, PE_SECTION_NAME_MAX))
			return true;
	return false;
}

/* In the file a section is padded to the file's alignment; its content has its size in memory, if that is less. */
static struct error *read_section(struct bytes bytes, struct bytes entry, struct pe_section *ret_section)
{
	uint64_t size = bytes_u32(entry, RAW_SIZE), offset = bytes_u32(entry, RAW_OFFSET);
	uint64_t virtual_size = bytes_u32(entry, VIRTUAL_SIZE);

	memcpy(ret_section->name, entry.data, PE_SECTION_NAME_MAX);
	if (virtual_size && virtual_size < size)
		size = virtual_size;
	if (size && !bytes_part(bytes, offset, size, &ret_section->content))
		return error_new("the PE file is cut off: its section \"%s\" is at offset %" PRIu64 " and has %" PRIu64
				 " bytes; the file has %zu",
				 ret_section->name, offset, size, bytes.size);
	return NULL;
}

struct error *pe_init(struct pe_file *pe, struct bytes bytes)
{
	if (!pe_probe(bytes))
		return error_new("not a PE file: no \"MZ\" that leads to \"PE\"");

	struct bytes table;
	struct pe_file parsed = { .machine = bytes_u16(bytes, bytes_u32(bytes, DOS_HEADER_OFFSET) + (uint64_t)MACHINE) };

	if (!find_table(bytes, &table))
		return error_new("the PE file of %zu bytes is cut off in its section table", bytes.size);
	parsed.section_count = table.size / SECTION_BYTES;
	parsed.sections = xcalloc(parsed.section_count + 1, sizeof(*parsed.sections));
	for (size_t i = 0; i < parsed.section_count; i++) {
		struct bytes entry = { table.data + i * SECTION_BYTES, SECTION_BYTES };
		struct error *error = read_section(bytes, entry, &parsed.sections[i]);

		if (error) {
			pe_deinit(&parsed);
			return error;
		}
	}
	*pe = parsed;
	return NULL;
}

void pe_deinit(struct pe_file *pe)
{
	free(pe->sections);
	*pe = (struct pe_file){ 0 };
}
