/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels and programs of a described machine. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "kexec/format/multiboot_layout.h"
#include "kexec/format/pe.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "tests/tools/mkmachine.h"
#include "tests/unit/core_builder.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/image_builder.h"

#define SPEC_FIELD(name) { #name, offsetof(struct bzimage_spec, name), sizeof(modern_bzimage.name) }

static void bzimage_line(struct bzimage_spec *spec, char *line)
{
	static const struct {
		const char *name;
		size_t offset, size;
	} fields[] = { SPEC_FIELD(protocol), SPEC_FIELD(kernel_bytes), SPEC_FIELD(syssize),
		       SPEC_FIELD(loadflags), SPEC_FIELD(relocatable), SPEC_FIELD(alignment),
		       SPEC_FIELD(xloadflags), SPEC_FIELD(cmdline_size), SPEC_FIELD(initrd_addr_max),
		       SPEC_FIELD(payload_offset), SPEC_FIELD(payload_length), SPEC_FIELD(pref_address),
		       SPEC_FIELD(init_size), SPEC_FIELD(code32_start) };
	char *words[2];

	split(line, words, 2);
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
		if (!words[0] || strcmp(words[0], fields[i].name))
			continue;
		uint64_t value = number(words[1]);

		memcpy((uint8_t *)spec + fields[i].offset, &value, fields[i].size);
		return;
	}
	refuse("no such field of a bzImage");
}

void make_bzimage(struct section *section)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct bzimage_spec spec = modern_bzimage;

	for (size_t i = 0; i < section->lines.count; i++) {
		begin_line(section->lines.items[i]);
		bzimage_line(&spec, section->lines.items[i]);
	}
	build_bzimage(&buffer, &spec);
	write_bytes(section, NULL, buffer.data, buffer.size);
}

/* Offsets count from the end of the headers until there are as many segments as there will be. */
static void elf_line(struct elf_spec *spec, struct elf_segment *segments, struct buffer *content, char *line)
{
	struct elf_segment *segment = &segments[spec->segment_count];
	char *words[5];
	size_t count = split(line, words, 5);

	if (count == 2 && !strcmp(words[0], "class")) {
		spec->is_64 = number(words[1]) == 64;
		spec->machine = spec->is_64 ? EM_X86_64 : EM_386;
	} else if (count == 2 && !strcmp(words[0], "entry")) {
		spec->entry = number(words[1]);
	} else if (count == 2 && !strcmp(words[0], "type") && !strcmp(words[1], "dyn")) {
		spec->type = ET_DYN;
	} else if (count >= 4 && !strcmp(words[0], "load")) {
		uint64_t phys = number(words[1]);

		*segment = (struct elf_segment){ .type = PT_LOAD, .flags = PF_R | PF_W | PF_X, .vaddr = phys,
						 .paddr = phys, .file_offset = content->size,
						 .file_size = number(words[2]), .memory_size = number(words[3]),
						 .align = count == 5 ? number(words[4]) : 0 };
		put_zeros(content, (size_t)segment->file_size);
		memset(content->data + segment->file_offset, 0xcc, (size_t)segment->file_size);
		spec->segment_count++;
	} else if (count == 3 && !strcmp(words[0], "note")) {
		struct core_builder notes = { 0 };

		core_note(&notes, words[1], (uint32_t)number(words[2]), NULL, 0);
		*segment = (struct elf_segment){ .type = PT_NOTE, .file_offset = content->size,
						 .file_size = notes.notes.size };
		put(content, notes.notes.data, notes.notes.size);
		core_deinit(&notes);
		spec->segment_count++;
	} else {
		refuse("no such line for an ELF file");
	}
}

/*
 * "multiboot VERSION" of an ELF file, with "FIRST LAST ALIGN" one that may be moved: writes the header over the
 * beginning of the content, at `offset`.
 */
static void multiboot_line(struct buffer *elf, size_t offset, char *line)
{
	AUTO_BUFFER struct buffer header = { 0 };
	struct multiboot_tag movable = { MB2_HEADER_RELOCATABLE, 0, { 0 }, 4 };
	char *words[5];
	size_t count = split(line, words, 5);

	for (size_t i = 2; i < count; i++)
		movable.words[i - 2] = (uint32_t)number(words[i]);
	if (count >= 2 && number(words[1]) == 2)
		build_multiboot2(&header, 0, &movable, count > 2, 0);
	else
		build_multiboot1(&header, 0, MB1_HEADER_MEMORY | MB1_HEADER_VIDEO, NULL, 0);
	memcpy(elf->data + (offset + 7) / 8 * 8, header.data, header.size);
}

static bool is_multiboot_line(const char *line)
{
	return !strncmp(line, "multiboot ", 10);
}

void make_elf(struct section *section)
{
	AUTO_BUFFER struct buffer buffer = { 0 }, content = { 0 };
	struct elf_segment *segments = xcalloc(section->lines.count + 1, sizeof(*segments));
	struct elf_spec spec = { .type = ET_EXEC, .segments = segments };

	for (size_t i = 0; i < section->lines.count; i++) {
		begin_line(section->lines.items[i]);
		if (!is_multiboot_line(section->lines.items[i]))
			elf_line(&spec, segments, &content, section->lines.items[i]);
	}
	size_t headers = spec.is_64 ? sizeof(Elf64_Ehdr) + spec.segment_count * sizeof(Elf64_Phdr) :
				      sizeof(Elf32_Ehdr) + spec.segment_count * sizeof(Elf32_Phdr);

	for (size_t i = 0; i < spec.segment_count; i++)
		segments[i].file_offset += headers;
	build_elf(&buffer, &spec);
	put(&buffer, content.data, content.size);
	for (size_t i = 0; i < section->lines.count; i++)
		if (is_multiboot_line(section->lines.items[i]))
			multiboot_line(&buffer, headers, section->lines.items[i]);
	write_bytes(section, NULL, buffer.data, buffer.size);
	free(segments);
}

/* "at ADDRESS SIZE": a multiboot image without ELF headers, of a page and SIZE bytes of memory. */
void make_flat(struct section *section)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	char *words[3];

	begin_line(section->lines.count ? section->lines.items[0] : section->kind);
	if (!section->lines.count || split(section->lines.items[0], words, 3) != 3)
		refuse("at ADDRESS SIZE is wanted");

	uint32_t start = (uint32_t)number(words[1]);
	const uint32_t addresses[5] = { start, start, start + 0x1000, start + (uint32_t)number(words[2]), start + 0x20 };

	build_multiboot1(&buffer, 0, MB1_HEADER_ADDRESSES, addresses, 0x1000);
	write_bytes(section, NULL, buffer.data, buffer.size);
}

/* "SECTION file PATH" (made before) or "SECTION text WORDS". */
void make_uki(struct section *section)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	size_t count = section->lines.count;
	struct pe_section_spec *sections = xcalloc(count + 1, sizeof(*sections));
	char **contents = xcalloc(count + 1, sizeof(*contents)), *words[3];

	for (size_t i = 0; i < count; i++) {
		begin_line(section->lines.items[i]);
		if (split(section->lines.items[i], words, 2) != 2 || split(words[1], words + 1, 2) != 2)
			refuse("SECTION file|text CONTENT is wanted");
		sections[i].name = words[0];
		if (!strcmp(words[1], "text")) {
			contents[i] = xstrdup(words[2]);
			sections[i].content.size = strlen(words[2]);
		} else {
			error_free(read_small_file(section->folder, words[2], &contents[i], &sections[i].content.size));
		}
		sections[i].content.data = (const uint8_t *)contents[i];
	}
	build_pe(&buffer, PE_MACHINE_X86_64, sections, count);
	write_bytes(section, NULL, buffer.data, buffer.size);
	for (size_t i = 0; i < count; i++)
		free(contents[i]);
	free(contents);
	free(sections);
}
