/* SPDX-License-Identifier: GPL-2.0-only */
#include "core_layout.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "kjump_note.h"
#include "memory.h"

static void add_pieces(struct core_layout *layout, const struct span_set *memory, bool is_zero)
{
	for (size_t i = 0; i < memory->count; i++) {
		struct span rest = memory->items[i];

		while (!span_is_empty(rest)) {
			struct span part = rest;
			const struct elf_segment *segment = core_source_segment(layout->source, &part);

			if (!segment)
				break;
			layout->pieces = xgrow(layout->pieces, &layout->piece_capacity, layout->piece_count + 1,
					       sizeof(*layout->pieces));
			layout->pieces[layout->piece_count++] = (struct core_piece){ part, segment, is_zero };
			rest.start = part.end;
		}
	}
}

static int by_address(const void *a, const void *b)
{
	const struct core_piece *left = a, *right = b;

	return (left->memory.start > right->memory.start) - (left->memory.start < right->memory.start);
}

static uint8_t *put(uint8_t *at, const void *from, size_t size)
{
	memcpy(at, from, size);
	return at + size;
}

/* The source's notes, and one more where there are zeros. */
static void make_notes(struct core_layout *layout, bool has_zeros)
{
	const struct core_file *core = layout->source->core;
	const struct kjump_image_note desc = { KJUMP_IMAGE_NOTE_VERSION, KJUMP_IMAGE_ZEROS };
	size_t own = elf_note_size(KJUMP_NOTE_NAME, sizeof(desc));

	layout->notes_bytes = core->notes_size + (has_zeros ? own : 0);
	layout->notes = xcalloc(layout->notes_bytes + 1, 1);
	if (core->notes_size)
		memcpy(layout->notes, core->notes, core->notes_size);
	if (has_zeros)
		elf_note_put(layout->notes + core->notes_size, KJUMP_NOTE_NAME, KJUMP_IMAGE_NOTE_TYPE, &desc,
			     sizeof(desc));
}

void core_layout_init(struct core_layout *layout, const struct core_source *source, const struct span_set *memory,
		      const struct span_set *zero)
{
	*layout = (struct core_layout){ .source = source, .text = core_file_kernel_text(source->core) };
	add_pieces(layout, memory, false);
	if (zero)
		add_pieces(layout, zero, true);
	if (layout->piece_count)
		qsort(layout->pieces, layout->piece_count, sizeof(*layout->pieces), by_address);
	make_notes(layout, zero && zero->count);
}

void core_layout_deinit(struct core_layout *layout)
{
	free(layout->pieces);
	free(layout->notes);
	*layout = (struct core_layout){ 0 };
}

/* The part of a piece that the kernel's text mapping (x86_64) shows as well; empty if there is none. */
static struct span text_part(const struct core_layout *layout, const struct core_piece *piece)
{
	const struct elf_segment *text = layout->text;

	return text ? span_intersect(piece->memory, span_of(text->paddr, text->memory_size)) : (struct span){ 0, 0 };
}

/* The notes, the pieces, and the second view of those that hold kernel text. */
static size_t phdr_count_of(const struct core_layout *layout)
{
	size_t count = 1 + layout->piece_count;

	for (size_t i = 0; i < layout->piece_count; i++)
		count += !span_is_empty(text_part(layout, &layout->pieces[i]));
	return count;
}

static size_t headers_bytes(size_t phdr_count)
{
	size_t bytes = sizeof(Elf64_Ehdr) + phdr_count * sizeof(Elf64_Phdr);

	return phdr_count >= PN_XNUM ? bytes + sizeof(Elf64_Shdr) : bytes;
}

uint64_t core_layout_data_offset(const struct core_layout *layout)
{
	return address_align_up(headers_bytes(phdr_count_of(layout)) + layout->notes_bytes, PAGE_SIZE_BYTES);
}

uint64_t core_layout_file_size(const struct core_layout *layout)
{
	uint64_t size = core_layout_data_offset(layout);

	for (size_t i = 0; i < layout->piece_count; i++)
		size += layout->pieces[i].is_zero ? 0 : span_size(layout->pieces[i].memory);
	return size;
}

/* `memory` as a mapping shows it in which `segment` lies. */
static Elf64_Phdr phdr_of(struct span memory, const struct elf_segment *segment, uint64_t file_offset, bool is_zero)
{
	bool has_linear = segment->vaddr != ELF_NO_ADDRESS;

	return (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W | PF_X,
		.p_offset = file_offset,
		.p_vaddr = has_linear ? segment->vaddr + (memory.start - segment->paddr) : ELF_NO_ADDRESS,
		.p_paddr = memory.start,
		.p_filesz = is_zero ? 0 : span_size(memory),
		.p_memsz = span_size(memory),
	};
}

/* With too many program headers for the ELF header, section header 0 has their number (ELF gABI, e_phnum). */
static uint8_t *put_ehdr(uint8_t *at, const struct core_file *source, size_t phdr_count)
{
	bool many = phdr_count >= PN_XNUM;
	Elf64_Ehdr ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = source->elf.machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(ehdr),
		.e_ehsize = sizeof(ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = many ? PN_XNUM : (Elf64_Half)phdr_count,
		.e_shoff = many ? sizeof(ehdr) + phdr_count * sizeof(Elf64_Phdr) : 0,
		.e_shentsize = many ? sizeof(Elf64_Shdr) : 0,
		.e_shnum = many ? 1 : 0,
	};

	return put(at, &ehdr, sizeof(ehdr));
}

static uint8_t *put_piece(const struct core_layout *layout, const struct core_piece *piece, uint64_t offset,
			  uint8_t *at)
{
	struct span text = text_part(layout, piece);
	Elf64_Phdr phdr = phdr_of(piece->memory, piece->segment, offset, piece->is_zero);

	at = put(at, &phdr, sizeof(phdr));
	if (span_is_empty(text))
		return at;

	uint64_t skip = piece->is_zero ? 0 : text.start - piece->memory.start;
	Elf64_Phdr view = phdr_of(text, layout->text, offset + skip, piece->is_zero);

	return put(at, &view, sizeof(view));
}

uint8_t *core_layout_headers(const struct core_layout *layout)
{
	size_t phdr_count = phdr_count_of(layout);
	uint64_t offset = core_layout_data_offset(layout);
	uint8_t *block = xcalloc((size_t)offset, 1), *at = put_ehdr(block, layout->source->core, phdr_count);
	Elf64_Phdr note = { .p_type = PT_NOTE,
			    .p_offset = headers_bytes(phdr_count),
			    .p_filesz = layout->notes_bytes,
			    .p_memsz = layout->notes_bytes };
	Elf64_Shdr count = { .sh_info = (Elf64_Word)phdr_count };

	at = put(at, &note, sizeof(note));
	for (size_t i = 0; i < layout->piece_count; i++) {
		at = put_piece(layout, &layout->pieces[i], offset, at);
		offset += layout->pieces[i].is_zero ? 0 : span_size(layout->pieces[i].memory);
	}
	if (phdr_count >= PN_XNUM)
		at = put(at, &count, sizeof(count));
	put(at, layout->notes, layout->notes_bytes);
	return block;
}
