/* SPDX-License-Identifier: GPL-2.0-only */
#include "kdump/core_layout.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "include/kjump_note.h"
#include "lib/base/alloc.h"

/* The part of a piece that the kernel's text mapping (x86_64) contains as well; empty if there is none. */
static struct span text_part(const struct core_layout *layout, const struct core_piece *piece)
{
	const struct elf_segment *text = core_file_kernel_text(layout->core);

	return text ? span_intersect(piece->memory, span_of(text->paddr, text->memory_size)) : (struct span){ 0, 0 };
}

/* One program header, and a second one for a piece that contains kernel text. */
static struct error *count_piece(void *context, const struct core_piece *piece)
{
	struct core_layout *layout = context;

	layout->phdr_count += span_is_empty(text_part(layout, piece)) ? 1 : 2;
	layout->data_bytes += piece->is_zero ? 0 : span_size(piece->memory);
	layout->has_zeros |= piece->is_zero;
	return NULL;
}

/* The source's notes, and one more if there are pieces of zeros. */
static void make_notes(struct core_layout *layout)
{
	const struct core_file *core = layout->core;
	const struct kjump_image_note desc = { KJUMP_IMAGE_NOTE_VERSION, KJUMP_IMAGE_ZEROS };
	size_t own = elf_note_size(KJUMP_NOTE_NAME, sizeof(desc));

	layout->notes_bytes = core->notes_size + (layout->has_zeros ? own : 0);
	layout->notes = xcalloc(layout->notes_bytes + 1, 1);
	if (core->notes_size)
		memcpy(layout->notes, core->notes, core->notes_size);
	if (layout->has_zeros)
		elf_note_put(layout->notes + core->notes_size, KJUMP_NOTE_NAME, KJUMP_IMAGE_NOTE_TYPE, &desc,
			     sizeof(desc));
}

struct error *core_layout_init(struct core_layout *layout, const struct core_file *core, struct core_pieces pieces)
{
	*layout = (struct core_layout){ .core = core, .pieces = pieces, .phdr_count = 1 };
	struct error *error = pieces.each(pieces.of, count_piece, layout);

	if (!error)
		make_notes(layout);
	return error;
}

void core_layout_deinit(struct core_layout *layout)
{
	free(layout->notes);
	*layout = (struct core_layout){ 0 };
}

static bool has_section(const struct core_layout *layout)
{
	return layout->phdr_count >= PN_XNUM;
}

static uint64_t notes_offset(const struct core_layout *layout)
{
	return sizeof(Elf64_Ehdr) + layout->phdr_count * sizeof(Elf64_Phdr) +
	       (has_section(layout) ? sizeof(Elf64_Shdr) : 0);
}

uint64_t core_layout_data_offset(const struct core_layout *layout)
{
	return address_align_up(notes_offset(layout) + layout->notes_bytes, PAGE_SIZE_BYTES);
}

uint64_t core_layout_file_size(const struct core_layout *layout)
{
	return core_layout_data_offset(layout) + layout->data_bytes;
}

/* With too many program headers for the ELF header, section header 0 has their number (ELF gABI, e_phnum). */
static struct error *write_ehdr(const struct core_layout *layout, struct out_stream *stream)
{
	bool many = has_section(layout);
	const Elf64_Ehdr ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = layout->core->elf.machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(ehdr),
		.e_ehsize = sizeof(ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = many ? PN_XNUM : (Elf64_Half)layout->phdr_count,
		.e_shoff = many ? notes_offset(layout) - sizeof(Elf64_Shdr) : 0,
		.e_shentsize = many ? sizeof(Elf64_Shdr) : 0,
		.e_shnum = many ? 1 : 0,
	};

	return out_stream_append(stream, &ehdr, sizeof(ehdr));
}

/* Program headers as they are written. */
struct headers {
	const struct core_layout *layout;
	struct out_stream *stream;
	size_t phdr_count;
	uint64_t offset; /* of the next piece's content */
};

static struct error *write_phdr(struct headers *headers, const Elf64_Phdr *phdr)
{
	headers->phdr_count++;
	return out_stream_append(headers->stream, phdr, sizeof(*phdr));
}

/*
 * The file offset of pieces without data: behind the end of the file, and not page-aligned. makedumpfile (1.7.2,
 * mappage_elf) maps a piece whose offset is a page's without checking its size in the file, and reads the next
 * piece's data for it.
 */
static uint64_t offset_of_zeros(const struct core_layout *layout)
{
	return core_layout_file_size(layout) + 1;
}

/* Writes the header of `memory`, with the linear address from the mapping of `segment`. */
static struct error *write_load(struct headers *headers, struct span memory, const struct elf_segment *segment,
				uint64_t file_offset, bool is_zero)
{
	bool has_linear = segment->vaddr != ELF_NO_ADDRESS;
	const Elf64_Phdr phdr = {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W | PF_X,
		.p_offset = is_zero ? offset_of_zeros(headers->layout) : file_offset,
		.p_vaddr = has_linear ? segment->vaddr + (memory.start - segment->paddr) : ELF_NO_ADDRESS,
		.p_paddr = memory.start,
		.p_filesz = is_zero ? 0 : span_size(memory),
		.p_memsz = span_size(memory),
	};

	return write_phdr(headers, &phdr);
}

static struct error *write_piece(void *context, const struct core_piece *piece)
{
	struct headers *headers = context;
	struct span text = text_part(headers->layout, piece);
	uint64_t skip = piece->is_zero ? 0 : text.start - piece->memory.start;
	struct error *error =
		write_load(headers, piece->memory, &piece->segment, headers->offset, piece->is_zero);

	if (!error && !span_is_empty(text))
		error = write_load(headers, text, core_file_kernel_text(headers->layout->core), headers->offset + skip,
				   piece->is_zero);
	headers->offset += piece->is_zero ? 0 : span_size(piece->memory);
	return error;
}

static struct error *write_phdrs(const struct core_layout *layout, struct out_stream *stream)
{
	struct headers headers = { .layout = layout, .stream = stream, .offset = core_layout_data_offset(layout) };
	const Elf64_Phdr note = { .p_type = PT_NOTE,
				  .p_offset = notes_offset(layout),
				  .p_filesz = layout->notes_bytes,
				  .p_memsz = layout->notes_bytes };
	struct error *error = write_phdr(&headers, &note);

	if (!error)
		error = layout->pieces.each(layout->pieces.of, write_piece, &headers);
	if (!error && (headers.phdr_count != layout->phdr_count || headers.offset != core_layout_file_size(layout)))
		error = error_new("%s changed while it was read", layout->core->path);
	return error;
}

struct error *core_layout_write(const struct core_layout *layout, struct out_stream *stream)
{
	const Elf64_Shdr count = { .sh_info = (Elf64_Word)layout->phdr_count };
	struct error *error = write_ehdr(layout, stream);

	if (!error)
		error = write_phdrs(layout, stream);
	if (!error && has_section(layout))
		error = out_stream_append(stream, &count, sizeof(count));
	if (!error)
		error = out_stream_append(stream, layout->notes, layout->notes_bytes);
	return error ? error : out_stream_align(stream);
}
