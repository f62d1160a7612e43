/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/elf_file.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/sizes.h"

static uint64_t widen_address(uint32_t address)
{
	/* The kernel's cores write -1 for "none" (highmem has no linear address). */
	return address == UINT32_MAX ? ELF_NO_ADDRESS : address;
}

static struct elf_segment segment_from_64(const uint8_t *raw)
{
	Elf64_Phdr header;

	memcpy(&header, raw, sizeof(header));
	return (struct elf_segment){
		.type = header.p_type,
		.flags = header.p_flags,
		.vaddr = header.p_vaddr,
		.paddr = header.p_paddr,
		.file_offset = header.p_offset,
		.file_size = header.p_filesz,
		.memory_size = header.p_memsz,
		.align = header.p_align,
	};
}

static struct elf_segment segment_from_32(const uint8_t *raw)
{
	Elf32_Phdr header;

	memcpy(&header, raw, sizeof(header));
	return (struct elf_segment){
		.type = header.p_type,
		.flags = header.p_flags,
		.vaddr = widen_address(header.p_vaddr),
		.paddr = widen_address(header.p_paddr),
		.file_offset = header.p_offset,
		.file_size = header.p_filesz,
		.memory_size = header.p_memsz,
		.align = header.p_align,
	};
}

static struct error *cut_off(const char *what, uint64_t needed, struct bytes bytes)
{
	return error_new("the ELF file is cut off: %s needs %" PRIu64 " bytes and there are %zu", what, needed,
			 bytes.size);
}

static struct error *check_ident(struct bytes bytes)
{
	if (!elf_file_probe(bytes))
		return error_new("not an ELF file");
	if (bytes.size < EI_NIDENT)
		return cut_off("its identification", EI_NIDENT, bytes);
	if (bytes.data[EI_CLASS] != ELFCLASS32 && bytes.data[EI_CLASS] != ELFCLASS64)
		return error_new("the ELF file has the unknown class %u (1 is 32 bit, 2 is 64 bit)",
				 bytes.data[EI_CLASS]);
	if (bytes.data[EI_DATA] == ELFDATA2MSB)
		return error_new("the ELF file is big endian; x86 is little endian");
	if (bytes.data[EI_DATA] != ELFDATA2LSB)
		return error_new("the ELF file has the unknown byte order %u (1 is little endian)",
				 bytes.data[EI_DATA]);
	return NULL;
}

/* *ret_entry_bytes: of a program header, as the file has it. */
static void read_header_64(struct elf_file *elf, const uint8_t *raw, size_t *ret_entry_bytes)
{
	Elf64_Ehdr header;

	memcpy(&header, raw, sizeof(header));
	*elf = (struct elf_file){ .is_64 = true, .type = header.e_type, .machine = header.e_machine,
				  .entry = header.e_entry, .segments_offset = header.e_phoff,
				  .segment_count = header.e_phnum, .sections_offset = header.e_shoff };
	*ret_entry_bytes = header.e_phentsize;
}

static void read_header_32(struct elf_file *elf, const uint8_t *raw, size_t *ret_entry_bytes)
{
	Elf32_Ehdr header;

	memcpy(&header, raw, sizeof(header));
	*elf = (struct elf_file){ .type = header.e_type, .machine = header.e_machine, .entry = header.e_entry,
				  .segments_offset = header.e_phoff, .segment_count = header.e_phnum,
				  .sections_offset = header.e_shoff };
	*ret_entry_bytes = header.e_phentsize;
}

struct error *elf_file_init_header(struct elf_file *elf, struct bytes bytes)
{
	struct elf_file parsed;
	size_t entry_bytes;
	struct error *error = check_ident(bytes);

	if (error)
		return error;

	bool is_64 = bytes.data[EI_CLASS] == ELFCLASS64;
	size_t header_bytes = is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);

	if (bytes.size < header_bytes)
		return cut_off("its header", header_bytes, bytes);
	if (is_64)
		read_header_64(&parsed, bytes.data, &entry_bytes);
	else
		read_header_32(&parsed, bytes.data, &entry_bytes);
	if (parsed.segment_count && entry_bytes != elf_segment_bytes(&parsed))
		return error_new("the ELF file is damaged: its program headers have %zu bytes each, and not %zu",
				 entry_bytes, elf_segment_bytes(&parsed));
	*elf = parsed;
	return NULL;
}

size_t elf_section_bytes(const struct elf_file *elf)
{
	return elf->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
}

struct error *elf_file_take_count(struct elf_file *elf, struct bytes section, uint64_t size_bytes)
{
	if (!elf->sections_offset || section.size < elf_section_bytes(elf))
		return error_new("the ELF file is cut off or damaged: the number of its program headers "
				 "is in section header 0 at offset %#" PRIx64 ", and there are %" PRIu64 " bytes",
				 elf->sections_offset, size_bytes);
	elf->segment_count =
		bytes_u32(section, elf->is_64 ? offsetof(Elf64_Shdr, sh_info) : offsetof(Elf32_Shdr, sh_info));
	return NULL;
}

size_t elf_segment_bytes(const struct elf_file *elf)
{
	return elf->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
}

struct error *elf_file_check_table(const struct elf_file *elf, uint64_t size_bytes)
{
	uint64_t needed = (uint64_t)elf->segment_count * elf_segment_bytes(elf);

	if (elf->segments_offset <= size_bytes && needed <= size_bytes - elf->segments_offset)
		return NULL;
	return error_new("the ELF file is cut off or damaged: %zu program headers at offset %#" PRIx64 " need %" PRIu64
			 " bytes, and there are %" PRIu64,
			 elf->segment_count, elf->segments_offset, needed, size_bytes);
}

static struct error *check_segment(const struct elf_segment *segment, size_t index, uint64_t file_size_bytes)
{
	if (segment->file_size > file_size_bytes || segment->file_offset > file_size_bytes - segment->file_size)
		return error_new("the ELF file is cut off or damaged: segment %zu has %#" PRIx64
				 " bytes at offset %#" PRIx64 ", and the file has %#" PRIx64 " bytes",
				 index, segment->file_size, segment->file_offset, file_size_bytes);
	if (segment->type != PT_LOAD)
		return NULL;
	if (segment->memory_size && segment->file_size > segment->memory_size)
		return error_new("the ELF file is damaged: segment %zu has %#" PRIx64
				 " bytes in the file, but %#" PRIx64 " in memory",
				 index, segment->file_size, segment->memory_size);
	if (segment->paddr != ELF_NO_ADDRESS && segment->memory_size > UINT64_MAX - segment->paddr)
		return error_new("the ELF file is damaged: segment %zu, %#" PRIx64 " bytes at physical address %#"
				 PRIx64 ", does not fit into the address space",
				 index, segment->memory_size, segment->paddr);
	return NULL;
}

struct error *elf_segment_parse(const struct elf_file *elf, const uint8_t *raw, size_t index,
				uint64_t file_size_bytes, struct elf_segment *ret_segment)
{
	struct elf_segment segment = elf->is_64 ? segment_from_64(raw) : segment_from_32(raw);

	if (segment.align == 0 || (segment.align & (segment.align - 1)))
		segment.align = 1;
	/* The other fields of an unused entry mean nothing. */
	if (segment.type == PT_NULL)
		segment = (struct elf_segment){ .type = PT_NULL, .align = 1 };
	/* A segment without file content may have any offset (core_layout.c). */
	if (!segment.file_size)
		segment.file_offset = 0;

	struct error *error = check_segment(&segment, index, file_size_bytes);

	if (!error)
		*ret_segment = segment;
	return error;
}

static struct error *read_segments(struct elf_file *elf, struct bytes bytes, uint64_t file_size_bytes)
{
	struct error *error = elf_file_check_table(elf, bytes.size);

	if (error)
		return error;
	elf->segments = xcalloc(elf->segment_count, sizeof(*elf->segments));
	for (size_t i = 0; !error && i < elf->segment_count; i++)
		error = elf_segment_parse(elf, bytes.data + elf->segments_offset + i * elf_segment_bytes(elf), i,
					  file_size_bytes, &elf->segments[i]);
	return error;
}

struct error *elf_file_init(struct elf_file *elf, struct bytes bytes, uint64_t file_size_bytes)
{
	AUTO_ELF_FILE struct elf_file parsed = { 0 };
	struct bytes section = { 0 };
	struct error *error = elf_file_init_header(&parsed, bytes);

	if (!error && parsed.segment_count == PN_XNUM) {
		bytes_part(bytes, parsed.sections_offset, elf_section_bytes(&parsed), &section);
		error = elf_file_take_count(&parsed, section, bytes.size);
	}
	if (!error)
		error = read_segments(&parsed, bytes, file_size_bytes);
	if (error)
		return error;
	*elf = parsed;
	parsed = (struct elf_file){ 0 };
	return NULL;
}

void elf_file_deinit(struct elf_file *elf)
{
	free(elf->segments);
	*elf = (struct elf_file){ 0 };
}

bool elf_file_probe(struct bytes bytes)
{
	return bytes.size >= SELFMAG && memcmp(bytes.data, ELFMAG, SELFMAG) == 0;
}

/* A note's name size includes the NUL; some writers leave it out. */
static bool note_name_is(struct bytes name, const char *expected)
{
	size_t length = strlen(expected);

	if (name.size == length + 1 && name.data[length] == '\0')
		name.size--;
	return name.size == length && memcmp(name.data, expected, length) == 0;
}

bool elf_note_find(struct bytes notes, const char *name, uint32_t type, struct bytes *ret_desc)
{
	Elf64_Nhdr header; /* the same in both classes */
	struct bytes note_name, desc;
	uint64_t offset = 0;

	while (bytes_contain(notes, offset, sizeof(header))) {
		memcpy(&header, notes.data + offset, sizeof(header));
		offset += sizeof(header);
		if (!bytes_part(notes, offset, header.n_namesz, &note_name))
			return false;
		offset += align_4(header.n_namesz);
		if (!bytes_part(notes, offset, header.n_descsz, &desc))
			return false;
		offset += align_4(header.n_descsz);
		if (header.n_type == type && note_name_is(note_name, name)) {
			*ret_desc = desc;
			return true;
		}
	}
	return false;
}

size_t elf_note_size(const char *name, size_t desc_size)
{
	return sizeof(Elf64_Nhdr) + (size_t)align_4(strlen(name) + 1) + (size_t)align_4(desc_size);
}

size_t elf_note_put(uint8_t *at, const char *name, uint32_t type, const void *desc, size_t desc_size)
{
	size_t name_size = strlen(name) + 1, desc_at = sizeof(Elf64_Nhdr) + (size_t)align_4(name_size);
	Elf64_Nhdr header = { (Elf64_Word)name_size, (Elf64_Word)desc_size, type };

	memcpy(at, &header, sizeof(header));
	memcpy(at + sizeof(header), name, name_size);
	memcpy(at + desc_at, desc, desc_size);
	return desc_at;
}
