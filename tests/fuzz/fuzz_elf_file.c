/* SPDX-License-Identifier: GPL-2.0-only */
/* The ELF parser, and the notes of what it finds; every promise of elf_file.h is checked. */
#include <elf.h>
#include <stdlib.h>

#include "lib/core/elf_file.h"
#include "tests/fuzz/fuzz.h"

static void check_segment(const struct elf_segment *segment, struct bytes file)
{
	struct bytes content = { NULL, 0 }, desc;

	REQUIRE(segment->align && !(segment->align & (segment->align - 1)));
	REQUIRE(bytes_part(file, segment->file_offset, segment->file_size, &content));
	if (segment->type == PT_LOAD && segment->memory_size)
		REQUIRE(segment->file_size <= segment->memory_size);
	if (segment->type == PT_LOAD && segment->paddr != ELF_NO_ADDRESS)
		REQUIRE(segment->paddr + segment->memory_size >= segment->paddr);
	if (segment->type == PT_NOTE && elf_note_find(content, "VMCOREINFO", 0, &desc))
		REQUIRE(desc.data >= content.data && desc.data + desc.size <= content.data + content.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes file = { data, size };
	struct elf_file elf = { 0 };
	struct bytes desc;

	struct error *error = elf_file_init(&elf, file, size);
	for (size_t i = 0; !error && i < elf.segment_count; i++)
		check_segment(&elf.segments[i], file);
	REQUIRE(!error || !elf.segments);
	error_free(error);
	elf_file_deinit(&elf);

	error = elf_file_init(&elf, file, UINT64_MAX);
	error_free(error);
	elf_file_deinit(&elf);

	/* The bytes as notes themselves. */
	(void)elf_note_find(file, "KJUMP", 1, &desc);
	return 0;
}
