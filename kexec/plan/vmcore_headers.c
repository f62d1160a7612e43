/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/plan/vmcore_headers.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/core/elf_write.h"

/* One PT_LOAD; linear is UINT64_MAX if it has no linear address. */
struct load {
	struct span phys;
	uint64_t linear;
};

struct load_list {
	struct load *items;
	size_t count;
	size_t capacity;
};

static size_t all_note_bytes(const struct vmcore_headers *headers)
{
	size_t size = 0;

	for (size_t i = 0; i < headers->note_count; i++)
		size += elf_note_size(headers->notes[i].name, headers->notes[i].size);
	return size;
}

uint64_t vmcore_headers_size_limit(const struct vmcore_headers *headers, size_t span_count)
{
	/* PT_NOTE, the kernel text in up to span_count pieces, each span split at most once by high memory. */
	return sizeof(Elf64_Ehdr) + (headers->kept_note_count + span_count * 2 + 4) * sizeof(Elf64_Phdr) +
	       all_note_bytes(headers);
}

static void add_load(struct load_list *list, struct span phys, uint64_t linear)
{
	if (span_is_empty(phys))
		return;
	list->items = xgrow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = (struct load){ phys, linear };
}

static void collect_loads(const struct vmcore_headers *headers, struct load_list *ret_list)
{
	const struct kernel_map *map = headers->map;
	struct span lowmem = { 0, map->direct_end }, highmem = { map->direct_end, SPAN_ADDRESS_END };

	for (size_t i = 0; i < headers->memory->count; i++) {
		struct span text = span_intersect(headers->memory->items[i], span_pages_outward(map->text_phys));

		add_load(ret_list, text, map->text_linear + (text.start - map->text_phys.start));
	}
	for (size_t i = 0; i < headers->memory->count; i++) {
		struct span direct = span_intersect(headers->memory->items[i], lowmem);

		add_load(ret_list, direct, kernel_map_linear(map, direct.start));
		add_load(ret_list, span_intersect(headers->memory->items[i], highmem), UINT64_MAX);
	}
}

static Elf64_Phdr phdr_of_load(const struct load *load)
{
	return (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W | PF_X,
		.p_offset = load->phys.start,
		.p_vaddr = load->linear,
		.p_paddr = load->phys.start,
		.p_filesz = span_size(load->phys),
		.p_memsz = span_size(load->phys),
	};
}

static Elf64_Phdr phdr_of_notes(struct span place)
{
	return (Elf64_Phdr){ .p_type = PT_NOTE,
			     .p_offset = place.start,
			     .p_paddr = place.start,
			     .p_filesz = span_size(place),
			     .p_memsz = span_size(place) };
}

/* How many program headers there are: one for all notes that are copied, one for each that is kept elsewhere. */
static size_t count_phdrs(const struct vmcore_headers *headers, size_t load_count)
{
	return headers->kept_note_count + (headers->note_count ? 1 : 0) + load_count;
}

static void put_phdrs(uint8_t *at, const struct vmcore_headers *headers, struct span own_notes,
		      const struct load_list *loads)
{
	for (size_t i = 0; i < headers->kept_note_count; i++) {
		Elf64_Phdr phdr = phdr_of_notes(headers->kept_notes[i]);

		at = elf_put_phdr(at, headers->is_64, &phdr);
	}
	if (headers->note_count) {
		Elf64_Phdr phdr = phdr_of_notes(own_notes);

		at = elf_put_phdr(at, headers->is_64, &phdr);
	}
	for (size_t i = 0; i < loads->count; i++) {
		Elf64_Phdr phdr = phdr_of_load(&loads->items[i]);

		at = elf_put_phdr(at, headers->is_64, &phdr);
	}
}

static void put_notes(uint8_t *data, size_t offset, const struct vmcore_headers *headers, size_t *ret_desc_offsets)
{
	for (size_t i = 0; i < headers->note_count; i++) {
		const struct vmcore_note *note = &headers->notes[i];

		ret_desc_offsets[i] =
			offset + elf_note_put(data + offset, note->name, note->type, note->desc, note->size);
		offset += elf_note_size(note->name, note->size);
	}
}

static struct error *check_limits(const struct vmcore_headers *headers, const struct load_list *loads)
{
	size_t limit = PN_XNUM - 1 - count_phdrs(headers, 0);

	if (loads->count > limit)
		return error_new("/proc/vmcore cannot show %zu memory ranges (the limit is %zu)", loads->count, limit);
	for (size_t i = 0; i < loads->count; i++)
		if (!headers->is_64 && loads->items[i].phys.end > 4 * GIB)
			return error_new("32-bit core headers cannot show memory above 4 GiB (0x%" PRIx64
					 "): use --elf64-core-headers",
					 loads->items[i].phys.end - 1);
	return NULL;
}

struct error *vmcore_headers_build(const struct vmcore_headers *headers, uint64_t start, uint8_t **ret_data,
				   size_t *ret_size, size_t *ret_desc_offsets)
{
	struct load_list loads = { 0 };

	collect_loads(headers, &loads);

	size_t phdr_count = count_phdrs(headers, loads.count);
	size_t phdrs_end = elf_headers_size(headers->is_64, phdr_count);
	struct error *error = check_limits(headers, &loads);

	if (error) {
		free(loads.items);
		return error;
	}

	size_t notes_at = (phdrs_end + 7) / 8 * 8, notes_size = all_note_bytes(headers);
	uint8_t *data = xcalloc(notes_at + notes_size, 1);

	uint8_t *phdrs = elf_put_core_header(data, headers->is_64, headers->map->arch->elf_machine, 0, phdr_count);

	put_phdrs(phdrs, headers, span_of(start + notes_at, notes_size), &loads);
	put_notes(data, notes_at, headers, ret_desc_offsets);
	free(loads.items);
	*ret_data = data;
	*ret_size = notes_at + notes_size;
	return NULL;
}
