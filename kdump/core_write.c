/* SPDX-License-Identifier: GPL-2.0-only */
#include "core_write.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory.h"

/* /proc/vmcore is mapped in pieces of this size: reading it remaps page by page. */
#define MAP_BYTES (UINT64_C(16) << 20)

void core_memory(const struct core_file *core, struct span_set *ret_memory)
{
	for (size_t i = 0; i < core->elf.segment_count; i++)
		if (core_segment_is_direct(core, &core->elf.segments[i]))
			span_set_add(ret_memory, span_pages_inward(span_of(core->elf.segments[i].paddr,
									   core->elf.segments[i].file_size)));
}

/* The source's segment that holds the beginning of `memory`; cuts `memory` to it. */
static const struct elf_segment *segment_of(const struct core_file *core, struct span *memory)
{
	for (size_t i = 0; i < core->elf.segment_count; i++) {
		const struct elf_segment *segment = &core->elf.segments[i];
		struct span held = span_of(segment->paddr, segment->file_size);

		if (core_segment_is_direct(core, segment) && memory->start >= held.start && memory->start < held.end) {
			*memory = span_intersect(*memory, held);
			return segment;
		}
	}
	return NULL;
}

/* One PT_LOAD of the output: a piece of one of the source's. */
struct piece {
	struct span memory;
	const struct elf_segment *segment;
};

struct pieces {
	struct piece *items;
	size_t count;
	size_t capacity;
};

static void find_pieces(const struct core_write *job, struct pieces *ret_pieces)
{
	for (size_t i = 0; i < job->memory->count; i++) {
		struct span rest = job->memory->items[i];

		while (!span_is_empty(rest)) {
			struct span memory = rest;
			const struct elf_segment *segment = segment_of(job->source, &memory);

			if (!segment)
				break;
			ret_pieces->items = xgrow(ret_pieces->items, &ret_pieces->capacity, ret_pieces->count + 1,
						  sizeof(*ret_pieces->items));
			ret_pieces->items[ret_pieces->count++] = (struct piece){ memory, segment };
			rest.start = memory.end;
		}
	}
}

/* Headers are ELF64 whatever the source is: one form, for any size. */
static size_t headers_bytes(size_t phdr_count)
{
	size_t bytes = sizeof(Elf64_Ehdr) + phdr_count * sizeof(Elf64_Phdr);

	return phdr_count >= PN_XNUM ? bytes + sizeof(Elf64_Shdr) : bytes;
}

/* The part of a piece that the kernel's text mapping (x86_64) shows as well; empty if there is none. */
static struct span text_part(const struct core_write *job, const struct piece *piece)
{
	const struct elf_segment *text = core_file_kernel_text(job->source);

	return text ? span_intersect(piece->memory, span_of(text->paddr, text->memory_size)) : (struct span){ 0, 0 };
}

/* The notes, the pieces, and the second view of those that hold kernel text. */
static size_t phdr_count_of(const struct core_write *job, const struct pieces *pieces)
{
	size_t count = 1 + pieces->count;

	for (size_t i = 0; i < pieces->count; i++)
		count += !span_is_empty(text_part(job, &pieces->items[i]));
	return count;
}

static uint64_t data_offset(const struct core_write *job, const struct pieces *pieces)
{
	return address_align_up(headers_bytes(phdr_count_of(job, pieces)) + job->source->notes_size, PAGE_SIZE_BYTES);
}

uint64_t core_write_size(const struct core_write *job)
{
	struct pieces pieces = { 0 };

	find_pieces(job, &pieces);
	uint64_t size = data_offset(job, &pieces) + span_set_size(job->memory);
	free(pieces.items);
	return size;
}

static struct error *write_bytes(const struct core_write *job, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size) {
		ssize_t written = TEMP_FAILURE_RETRY(write(job->fd, at, size));

		if (written < 0 && (errno == ENOSPC || errno == EDQUOT))
			return error_new("%s is full: %zu bytes of this piece did not fit; nothing of it can be used",
					 job->name, size);
		if (written < 0)
			return error_errno(errno, "cannot write to %s", job->name);
		at += written;
		size -= (size_t)written;
	}
	return NULL;
}

/* `memory` as a mapping shows it in which `segment` lies. */
static Elf64_Phdr phdr_of(struct span memory, const struct elf_segment *segment, uint64_t file_offset)
{
	bool has_linear = segment->vaddr != ELF_NO_ADDRESS;

	return (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W | PF_X,
		.p_offset = file_offset,
		.p_vaddr = has_linear ? segment->vaddr + (memory.start - segment->paddr) : ELF_NO_ADDRESS,
		.p_paddr = memory.start,
		.p_filesz = span_size(memory),
		.p_memsz = span_size(memory),
	};
}

static uint8_t *put(uint8_t *at, const void *from, size_t size)
{
	memcpy(at, from, size);
	return at + size;
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

/* Everything before the memory, padded to where that begins. Heap. */
static uint8_t *make_headers(const struct core_write *job, const struct pieces *pieces)
{
	size_t phdr_count = phdr_count_of(job, pieces), headers = headers_bytes(phdr_count);
	uint64_t offset = data_offset(job, pieces);
	uint8_t *block = xcalloc((size_t)offset, 1), *at = put_ehdr(block, job->source, phdr_count);
	Elf64_Phdr note = { .p_type = PT_NOTE,
			    .p_offset = headers,
			    .p_filesz = job->source->notes_size,
			    .p_memsz = job->source->notes_size };
	Elf64_Shdr count = { .sh_info = (Elf64_Word)phdr_count };

	at = put(at, &note, sizeof(note));
	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->items[i];
		struct span text = text_part(job, piece);
		Elf64_Phdr phdr = phdr_of(piece->memory, piece->segment, offset);

		at = put(at, &phdr, sizeof(phdr));
		if (!span_is_empty(text)) {
			Elf64_Phdr view = phdr_of(text, core_file_kernel_text(job->source),
						  offset + (text.start - piece->memory.start));

			at = put(at, &view, sizeof(view));
		}
		offset += phdr.p_filesz;
	}
	if (phdr_count >= PN_XNUM)
		at = put(at, &count, sizeof(count));
	if (job->source->notes_size)
		put(at, job->source->notes, job->source->notes_size);
	return block;
}

/* Maps the window of the source that begins at `memory` and cuts `memory` to it. */
static struct error *map_source(const struct core_write *job, const struct piece *piece, struct span *memory,
				uint8_t **ret_map, size_t *ret_size, size_t *ret_skip)
{
	uint64_t offset = piece->segment->file_offset + (memory->start - piece->segment->paddr);
	uint64_t page = address_align_down(offset, PAGE_SIZE_BYTES);

	*memory = span_intersect(*memory, span_of(memory->start, MAP_BYTES));
	*ret_skip = (size_t)(offset - page);
	*ret_size = (size_t)span_size(*memory) + *ret_skip;
	void *map = mmap(NULL, *ret_size, PROT_READ, MAP_PRIVATE, job->source->fd, (off_t)page);
	if (map == MAP_FAILED)
		return error_errno(errno, "cannot map 0x%" PRIx64 "-0x%" PRIx64 " of %s", memory->start,
				   memory->end - 1, job->source->path);
	*ret_map = map;
	return NULL;
}

static struct error *write_piece(const struct core_write *job, const struct piece *piece, uint64_t *written,
				 uint64_t total)
{
	struct span rest = piece->memory;

	while (!span_is_empty(rest)) {
		struct span memory = rest;
		uint8_t *map;
		size_t size, skip;
		struct error *error = map_source(job, piece, &memory, &map, &size, &skip);

		if (error)
			return error;
		error = write_bytes(job, map + skip, size - skip);
		munmap(map, size);
		if (error)
			return error;
		rest.start = memory.end;
		*written += span_size(memory);
		if (job->progress)
			job->progress(job->context, *written, total);
	}
	return NULL;
}

struct error *core_write_all(const struct core_write *job)
{
	struct pieces pieces = { 0 };
	uint64_t written = 0, total = span_set_size(job->memory);

	find_pieces(job, &pieces);
	AUTO_FREE uint8_t *headers = make_headers(job, &pieces);
	struct error *error = write_bytes(job, headers, (size_t)data_offset(job, &pieces));

	for (size_t i = 0; !error && i < pieces.count; i++)
		error = write_piece(job, &pieces.items[i], &written, total);
	free(pieces.items);
	return error;
}
