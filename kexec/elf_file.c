/* SPDX-License-Identifier: GPL-2.0-only */
#include "elf_file.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* Where the program headers are, from the ELF header of either class. */
struct header_table {
	uint64_t offset;
	uint64_t entry_size_bytes;
	uint64_t count;
	uint64_t section_offset; /* of section header 0 */
};

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

static void read_header_64(struct elf_file *elf, struct header_table *table, const uint8_t *raw)
{
	Elf64_Ehdr header;

	memcpy(&header, raw, sizeof(header));
	elf->type = header.e_type;
	elf->machine = header.e_machine;
	elf->entry = header.e_entry;
	*table = (struct header_table){ header.e_phoff, header.e_phentsize, header.e_phnum, header.e_shoff };
}

static void read_header_32(struct elf_file *elf, struct header_table *table, const uint8_t *raw)
{
	Elf32_Ehdr header;

	memcpy(&header, raw, sizeof(header));
	elf->type = header.e_type;
	elf->machine = header.e_machine;
	elf->entry = header.e_entry;
	*table = (struct header_table){ header.e_phoff, header.e_phentsize, header.e_phnum, header.e_shoff };
}

/* More program headers than e_phnum can say: section header 0 has the number (System V ABI, ELF header, e_phnum). */
static struct error *resolve_count(const struct elf_file *elf, struct header_table *table, struct bytes bytes)
{
	uint64_t size = elf->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	uint64_t field = elf->is_64 ? offsetof(Elf64_Shdr, sh_info) : offsetof(Elf32_Shdr, sh_info);

	if (table->count != PN_XNUM)
		return NULL;
	if (!table->section_offset || !bytes_contain(bytes, table->section_offset, size))
		return error_new("the ELF file is cut off or damaged: the number of its program headers "
				 "is in section header 0 at offset %#" PRIx64 ", and there are %zu bytes",
				 table->section_offset, bytes.size);
	table->count = bytes_u32(bytes, table->section_offset + field);
	return NULL;
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

static struct error *read_segments(struct elf_file *elf, const struct header_table *table, struct bytes bytes,
				   uint64_t file_size_bytes)
{
	struct bytes raw;

	if (!bytes_part(bytes, table->offset, table->count * table->entry_size_bytes, &raw))
		return error_new("the ELF file is cut off or damaged: %" PRIu64
				 " program headers at offset %#" PRIx64 " need %" PRIu64
				 " bytes, and there are %zu",
				 table->count, table->offset, table->count * table->entry_size_bytes, bytes.size);
	elf->segments = xcalloc((size_t)table->count, sizeof(*elf->segments));
	elf->segment_count = (size_t)table->count;
	for (size_t i = 0; i < elf->segment_count; i++) {
		const uint8_t *from = raw.data + i * table->entry_size_bytes;
		struct elf_segment *segment = &elf->segments[i];

		*segment = elf->is_64 ? segment_from_64(from) : segment_from_32(from);
		if (segment->align == 0 || (segment->align & (segment->align - 1)))
			segment->align = 1;
		/* The other fields of an unused entry mean nothing. */
		if (segment->type == PT_NULL)
			*segment = (struct elf_segment){ .type = PT_NULL, .align = 1 };

		struct error *error = check_segment(segment, i, file_size_bytes);
		if (error)
			return error;
	}
	return NULL;
}

static struct error *read_headers(struct elf_file *elf, struct header_table *table, struct bytes bytes)
{
	elf->is_64 = bytes.data[EI_CLASS] == ELFCLASS64;

	size_t header_size = elf->is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	size_t entry_size = elf->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

	if (bytes.size < header_size)
		return cut_off("its header", header_size, bytes);
	if (elf->is_64)
		read_header_64(elf, table, bytes.data);
	else
		read_header_32(elf, table, bytes.data);

	struct error *error = resolve_count(elf, table, bytes);
	if (error)
		return error;
	if (table->count && table->entry_size_bytes != entry_size)
		return error_new("the ELF file is damaged: its program headers have %" PRIu64
				 " bytes each, and not %zu", table->entry_size_bytes, entry_size);
	return NULL;
}

struct error *elf_file_init(struct elf_file *elf, struct bytes bytes, uint64_t file_size_bytes)
{
	AUTO_ELF_FILE struct elf_file parsed = { 0 };
	struct header_table table = { 0 };

	struct error *error = check_ident(bytes);
	if (!error)
		error = read_headers(&parsed, &table, bytes);
	if (!error)
		error = read_segments(&parsed, &table, bytes, file_size_bytes);
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

static uint64_t note_align(uint64_t size)
{
	return (size + 3) & ~(uint64_t)3;
}

/* The name of a note counts its NUL, but some writers leave that out. */
static bool note_name_is(struct bytes name, const char *wanted)
{
	size_t length = strlen(wanted);

	if (name.size == length + 1 && name.data[length] == '\0')
		name.size--;
	return name.size == length && memcmp(name.data, wanted, length) == 0;
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
		offset += note_align(header.n_namesz);
		if (!bytes_part(notes, offset, header.n_descsz, &desc))
			return false;
		offset += note_align(header.n_descsz);
		if (header.n_type == type && note_name_is(note_name, name)) {
			*ret_desc = desc;
			return true;
		}
	}
	return false;
}

size_t elf_note_size(const char *name, size_t desc_size)
{
	return sizeof(Elf64_Nhdr) + (size_t)note_align(strlen(name) + 1) + (size_t)note_align(desc_size);
}

size_t elf_note_put(uint8_t *at, const char *name, uint32_t type, const void *desc, size_t desc_size)
{
	size_t name_size = strlen(name) + 1, desc_at = sizeof(Elf64_Nhdr) + (size_t)note_align(name_size);
	Elf64_Nhdr header = { (Elf64_Word)name_size, (Elf64_Word)desc_size, type };

	memcpy(at, &header, sizeof(header));
	memcpy(at + sizeof(header), name, name_size);
	memcpy(at + desc_at, desc, desc_size);
	return desc_at;
}
