/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/load/elf_place.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/sizes.h"

static int by_paddr(const void *a, const void *b)
{
	const struct elf_segment *const *left = a, *const *right = b;

	return ((*left)->paddr > (*right)->paddr) - ((*left)->paddr < (*right)->paddr);
}

bool elf_is_loaded(const struct elf_segment *segment)
{
	return segment->type == PT_LOAD && segment->memory_size;
}

struct span elf_extent(const struct elf_file *elf)
{
	struct span all = { UINT64_MAX, 0 };

	for (size_t i = 0; i < elf->segment_count; i++) {
		struct span memory = span_of(elf->segments[i].paddr, elf->segments[i].memory_size);

		if (!elf_is_loaded(&elf->segments[i]))
			continue;
		if (memory.start < all.start)
			all.start = memory.start;
		if (memory.end > all.end)
			all.end = memory.end;
	}
	return all;
}

bool elf_find_start(const struct span_set *free, struct span linked, struct span within, uint64_t align, bool high,
		    uint64_t *ret_start)
{
	struct span above_1mib = span_intersect(within, (struct span){ MIB, SPAN_ADDRESS_END });

	if (span_is_empty(linked) || (span_contains(within, linked) && span_set_contains(free, span_pages_outward(linked)))) {
		*ret_start = linked.start;
		return true;
	}
	return (high ? span_set_find_high : span_set_find_low)(free, above_1mib,
							       address_align_up(span_size(linked), PAGE_SIZE_BYTES),
							       align > PAGE_SIZE_BYTES ? align : PAGE_SIZE_BYTES,
							       ret_start);
}

void elf_move(struct elf_file *elf, uint64_t by)
{
	for (size_t i = 0; i < elf->segment_count; i++)
		elf->segments[i].paddr += by;
}

struct error *elf_check_places(const struct elf_file *elf)
{
	for (size_t i = 0; i < elf->segment_count; i++) {
		const struct elf_segment *segment = &elf->segments[i];

		if (!elf_is_loaded(segment))
			continue;
		if (segment->paddr == ELF_NO_ADDRESS)
			return error_new("segment %zu of the ELF file has no physical address to be loaded to", i);
		if (segment->paddr >= SPAN_ADDRESS_END || segment->memory_size > SPAN_ADDRESS_END - segment->paddr)
			return error_new("segment %zu of the ELF file, 0x%" PRIx64 " bytes at 0x%" PRIx64
					 ", goes beyond the end of physical memory (0x%" PRIx64 ")",
					 i, segment->memory_size, segment->paddr, SPAN_ADDRESS_END);
	}
	return NULL;
}

static struct span memory_of(const struct elf_segment *segment)
{
	return span_of(segment->paddr, segment->memory_size);
}

/* Places segments [first, last), which share pages, as one. */
static struct error *place_group(struct plan *plan, const char *where, const struct boot_image *image,
				 const struct elf_segment *const *segments, size_t first, size_t last)
{
	struct span pages = span_pages_outward((struct span){ segments[first]->paddr,
							      memory_of(segments[last - 1]).end });
	struct error *error = plan_place_at(plan, where, "program", pages);
	struct bytes data = { 0 };

	if (error)
		return error;
	if (last - first == 1 && segments[first]->paddr == pages.start) {
		bytes_part(image->bytes, segments[first]->file_offset, segments[first]->file_size, &data);
		plan_fill(plan, pages.start, data);
		return NULL;
	}

	uint64_t size = segments[last - 1]->paddr - pages.start + segments[last - 1]->file_size;

	if (size > SIZE_MAX / 2)
		return error_new("the ELF segments that share pages from 0x%" PRIx64 " on are too large for this 32-bit "
				 "program",
				 pages.start);

	uint8_t *copy = xcalloc((size_t)size, 1);

	for (size_t i = first; i < last; i++)
		if (bytes_part(image->bytes, segments[i]->file_offset, segments[i]->file_size, &data) && data.size)
			memcpy(copy + (segments[i]->paddr - pages.start), data.data, data.size);
	plan_fill_owned(plan, pages.start, copy, (size_t)size);
	return NULL;
}

static struct error *place_sorted(struct plan *plan, const char *where, const struct boot_image *image,
				  const struct elf_segment *const *segments, size_t count)
{
	for (size_t first = 0, last; first < count; first = last) {
		for (last = first + 1; last < count; last++) {
			struct span before = memory_of(segments[last - 1]);

			if (segments[last]->paddr < before.end)
				return error_new("the ELF segments at 0x%" PRIx64 " and 0x%" PRIx64 " overlap",
						 before.start, segments[last]->paddr);
			if (address_align_down(segments[last]->paddr, PAGE_SIZE_BYTES) >=
			    span_pages_outward(before).end)
				break;
		}
		struct error *error = place_group(plan, where, image, segments, first, last);
		if (error)
			return error;
	}
	return NULL;
}

struct error *elf_place(struct plan *plan, const char *where, const struct boot_image *image)
{
	const struct elf_file *elf = &image->elf;
	const struct elf_segment **segments = xcalloc(elf->segment_count, sizeof(*segments));
	size_t count = 0;
	struct error *error;

	for (size_t i = 0; i < elf->segment_count; i++)
		if (elf_is_loaded(&elf->segments[i]))
			segments[count++] = &elf->segments[i];
	if (count)
		qsort(segments, count, sizeof(*segments), by_paddr);
	error = count ? place_sorted(plan, where, image, segments, count) :
			error_new("the ELF file has nothing to load (no PT_LOAD)");
	free(segments);
	return error;
}
