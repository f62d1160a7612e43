/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/free_pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "lib/core/linear_memory.h"
#include "lib/core/vmcoreinfo.h"

/* Larger blocks than this do not exist (MAX_PAGE_ORDER is 10 on x86; configurable up to here). */
#define ORDER_LIMIT 20

/* section_mem_map carries flags below the address of the (page aligned) mem_map (include/linux/mmzone.h). */
#define SECTION_FLAG_MASK UINT64_C(0xfff)
#define SECTION_HAS_MEM_MAP UINT64_C(0x2)

/* The part of mem_map that one read covers: struct page of 32 to 128 bytes. */
#define CHUNK_BYTES (256u << 10)

/*
 * struct page by VMCOREINFO. PAGE_BUDDY_MAPCOUNT_VALUE is the value of the
 * whole field: ~PG_buddy up to 6.11, PGTY_buddy << 24 from
 * 6.12 on, where the field is called page_type and shares _mapcount's place.
 */
struct layout {
	uint64_t page_size, mapcount_at, private_at; /* bytes in struct page */
	uint32_t buddy_mark;                         /* _mapcount (page_type) of the first page of a free block */
};

struct search {
	const struct core_file *core;
	const struct arch *arch;
	struct linear_memory memory;
	struct layout layout;
	struct hole_set *free;
};

static struct error *read_layout(const struct core_file *core, struct layout *layout)
{
	uint64_t mark;
	struct error *error = vmcoreinfo_number(core->vmcoreinfo, "SIZE(page)", 10, &layout->page_size);

	if (!error)
		error = vmcoreinfo_number(core->vmcoreinfo, "OFFSET(page._mapcount)", 10, &layout->mapcount_at);
	if (!error)
		error = vmcoreinfo_number(core->vmcoreinfo, "OFFSET(page.private)", 10, &layout->private_at);
	if (!error)
		error = vmcoreinfo_number(core->vmcoreinfo, "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", 10, &mark);
	if (error)
		return error;
	layout->buddy_mark = (uint32_t)mark;
	if (layout->page_size < 16 || layout->page_size > 1024 || layout->mapcount_at > layout->page_size - 4 ||
	    layout->private_at > layout->page_size - 4)
		return error_new("VMCOREINFO describes a struct page of %" PRIu64 " bytes that cannot be",
				 layout->page_size);
	return NULL;
}

static struct error *read_pointer(const struct search *search, uint64_t linear, uint64_t *ret_value)
{
	*ret_value = 0;
	return linear_memory_read(&search->memory, linear, ret_value, search->arch->is_64 ? 8 : 4);
}

/* Adds the free block that begins at the page, if there is one. Returns the number of pages handled. */
static uint64_t take_page(struct search *search, const uint8_t *page, uint64_t frame)
{
	uint32_t order;

	if (load_u32(page + search->layout.mapcount_at) != search->layout.buddy_mark)
		return 1;
	order = load_u32(page + search->layout.private_at);
	/* A block is aligned to its size; otherwise the page is in some other state. */
	if (order > ORDER_LIMIT || frame & ((UINT64_C(1) << order) - 1))
		return 1;
	hole_set_add(search->free, span_of(frame * PAGE_SIZE_BYTES, PAGE_SIZE_BYTES << order));
	return UINT64_C(1) << order;
}

/* `count` struct pages at `linear`, the first of them for page frame `frame`. */
static struct error *scan_pages(struct search *search, uint64_t linear, uint64_t frame, uint64_t count)
{
	uint64_t size = search->layout.page_size, per_chunk = CHUNK_BYTES / size, next = 0;
	AUTO_FREE uint8_t *chunk = xcalloc((size_t)per_chunk, (size_t)size);

	for (uint64_t start = 0; start < count; start += per_chunk) {
		uint64_t pages = count - start < per_chunk ? count - start : per_chunk;

		if (next >= start + pages)
			continue;
		struct error *error = linear_memory_read(&search->memory, linear + start * size, chunk, (size_t)(pages * size));
		if (error)
			return error;
		if (next < start)
			next = start;
		while (next < start + pages)
			next += take_page(search, chunk + (next - start) * size, frame + next);
	}
	return NULL;
}

static uint64_t frame_count(const struct core_file *core)
{
	return core->survey.direct_end / PAGE_SIZE_BYTES;
}

/* One array for all of memory (CONFIG_FLATMEM: small i386 kernels). */
static struct error *scan_flat(struct search *search)
{
	uint64_t symbol, mem_map;
	struct error *error = vmcoreinfo_number(search->core->vmcoreinfo, "SYMBOL(mem_map)", 16, &symbol);

	if (!error)
		error = read_pointer(search, symbol, &mem_map);
	return error ? error : scan_pages(search, mem_map, 0, frame_count(search->core));
}

struct sections {
	uint64_t table;             /* linear address of mem_section */
	uint64_t root_count;        /* its length */
	uint64_t size, mem_map_at;  /* bytes in struct mem_section */
	uint64_t frames_each;
	uint64_t per_root;          /* 1 if the table holds the sections themselves */
};

static struct error *read_sections(const struct search *search, struct sections *sections)
{
	uint64_t section_bits, phys_bits;
	struct error *error = vmcoreinfo_number(search->core->vmcoreinfo, "SYMBOL(mem_section)", 16, &sections->table);

	if (!error)
		error = vmcoreinfo_number(search->core->vmcoreinfo, "LENGTH(mem_section)", 10, &sections->root_count);
	if (!error)
		error = vmcoreinfo_number(search->core->vmcoreinfo, "SIZE(mem_section)", 10, &sections->size);
	if (!error)
		error = vmcoreinfo_number(search->core->vmcoreinfo, "OFFSET(mem_section.section_mem_map)", 10, &sections->mem_map_at);
	if (!error)
		error = vmcoreinfo_number(search->core->vmcoreinfo, "NUMBER(SECTION_SIZE_BITS)", 10, &section_bits);
	if (!error)
		error = vmcoreinfo_number(search->core->vmcoreinfo, "NUMBER(MAX_PHYSMEM_BITS)", 10, &phys_bits);
	if (error)
		return error;
	if (section_bits <= 12 || section_bits > 40 || phys_bits < section_bits || phys_bits > 52 || !sections->size ||
	    sections->size > PAGE_SIZE_BYTES || sections->mem_map_at > sections->size - 4)
		return error_new("VMCOREINFO describes memory sections that cannot be");
	sections->frames_each = UINT64_C(1) << (section_bits - 12);
	/* CONFIG_SPARSEMEM_EXTREME: the table points to pages full of sections. */
	bool extreme = sections->root_count < UINT64_C(1) << (phys_bits - section_bits);
	sections->per_root = extreme ? PAGE_SIZE_BYTES / sections->size : 1;
	return NULL;
}

static struct error *scan_section(struct search *search, const struct sections *sections, uint64_t linear,
				  uint64_t number, uint64_t frames)
{
	uint64_t encoded, frame = number * sections->frames_each, left = frames - frame;
	struct error *error = read_pointer(search, linear + sections->mem_map_at, &encoded);

	if (error || !(encoded & SECTION_HAS_MEM_MAP))
		return error;
	/* The encoded value is the address of frame 0's struct page. */
	uint64_t mem_map = (encoded & ~SECTION_FLAG_MASK) + frame * search->layout.page_size;

	if (!search->arch->is_64)
		mem_map &= UINT32_MAX;
	return scan_pages(search, mem_map, frame, left < sections->frames_each ? left : sections->frames_each);
}

static struct error *scan_sections(struct search *search)
{
	struct sections sections;
	uint64_t pointer_bytes = search->arch->is_64 ? 8 : 4, frames = frame_count(search->core);
	struct error *error = read_sections(search, &sections);

	for (uint64_t root = 0; !error && root < sections.root_count; root++) {
		uint64_t linear = sections.table + root * (sections.per_root > 1 ? pointer_bytes : sections.size);
		uint64_t first = root * sections.per_root;

		if (first * sections.frames_each >= frames)
			break;
		if (sections.per_root > 1)
			error = read_pointer(search, linear, &linear);
		for (uint64_t i = 0; !error && linear && i < sections.per_root; i++)
			if ((first + i) * sections.frames_each < frames)
				error = scan_section(search, &sections, linear + i * sections.size, first + i, frames);
	}
	return error;
}

struct error *free_pages_find(const struct core_file *core, const struct arch *arch, struct hole_set *free)
{
	struct search search = { .core = core, .arch = arch, .free = free };
	uint64_t value;
	struct error *error = linear_memory_init(&search.memory, core, arch);

	if (!error)
		error = read_layout(core, &search.layout);
	if (!error && line_number(core->vmcoreinfo, "SYMBOL(mem_section)", 16, &value))
		error = scan_sections(&search);
	else if (!error)
		error = scan_flat(&search);
	hole_set_end(free);
	if (error)
		hole_set_deinit(free);
	return error_prefix(error, "cannot tell free pages from others");
}
