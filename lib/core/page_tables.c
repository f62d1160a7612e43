/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/page_tables.h"

#include <inttypes.h>

#include "lib/base/alloc.h"
#include "lib/base/span.h"
#include "lib/base/text.h"

#define ENTRY_PRESENT UINT64_C(0x1)
#define ENTRY_LARGE UINT64_C(0x80)
#define ENTRY_ADDRESS UINT64_C(0x000ffffffffff000)

#define MAX_LEVELS 5

struct paging {
	int levels;
	unsigned int entry_bytes;
	unsigned int index_bits[MAX_LEVELS]; /* from the top level on */
	int first_large_level;               /* the top-most level whose entries may be large pages */
};

static const struct paging paging_64_5 = { 5, 8, { 9, 9, 9, 9, 9 }, 2 };
static const struct paging paging_64_4 = { 4, 8, { 9, 9, 9, 9 }, 1 };
static const struct paging paging_32_pae = { 3, 8, { 2, 9, 9 }, 1 };
static const struct paging paging_32 = { 2, 4, { 10, 10 }, 0 };

static const struct paging *paging_of(const struct core_file *core, const struct arch *arch)
{
	uint64_t value;

	if (arch->is_64) {
		bool five = line_number(core->vmcoreinfo, "NUMBER(pgtable_l5_enabled)", 10, &value) && value;

		return five ? &paging_64_5 : &paging_64_4;
	}
	AUTO_FREE char *pae = line_value(core->vmcoreinfo, "CONFIG_X86_PAE");

	return pae && *pae == 'y' ? &paging_32_pae : &paging_32;
}

int page_tables_levels(const struct core_file *core, const struct arch *arch)
{
	return paging_of(core, arch)->levels;
}

struct error *page_tables_init(struct page_tables *tables, const struct core_file *core, const struct arch *arch)
{
	uint64_t linear, phys;

	if (!line_number(core->vmcoreinfo, "SYMBOL(swapper_pg_dir)", 16, &linear))
		return error_new("%s carries no VMCOREINFO with the kernel's page tables", core->path);
	if (!core_file_phys_of(core, linear, &phys))
		return error_new("%s does not show the kernel's page tables at 0x%" PRIx64, core->path, linear);
	*tables = (struct page_tables){ core, paging_of(core, arch), phys };
	return NULL;
}

/* Address bits below the index of `level` (0 is the top). */
static unsigned int shift_of(const struct paging *paging, int level)
{
	unsigned int shift = 12;

	for (int below = level + 1; below < paging->levels; below++)
		shift += paging->index_bits[below];
	return shift;
}

/* The bits of a linear address that the tables translate, without the sign extension. */
static uint64_t translated_bits(const struct paging *paging)
{
	return (UINT64_C(1) << (shift_of(paging, 0) + paging->index_bits[0])) - 1;
}

static bool is_large(const struct paging *paging, int level, uint64_t entry)
{
	return level < paging->levels - 1 && level >= paging->first_large_level && (entry & ENTRY_LARGE);
}

static struct error *read_entry(const struct page_tables *tables, uint64_t table, uint64_t index, uint64_t *ret_entry)
{
	unsigned int size = tables->paging->entry_bytes;

	*ret_entry = 0;
	return core_file_read_phys(tables->core, table + index * size, ret_entry, size);
}

struct error *page_tables_trace(const struct page_tables *tables, uint64_t linear, uint64_t *ret_phys,
				uint64_t *ret_bytes, struct span_set *ret_tables)
{
	const struct paging *paging = tables->paging;
	uint64_t table = tables->root, at = linear & translated_bits(paging), entry;

	for (int level = 0; level < paging->levels; level++) {
		unsigned int shift = shift_of(paging, level);
		uint64_t index = at >> shift & ((UINT64_C(1) << paging->index_bits[level]) - 1);
		uint64_t page_mask = (UINT64_C(1) << shift) - 1;
		struct error *error = read_entry(tables, table, index, &entry);

		if (error)
			return error;
		if (ret_tables)
			span_set_add(ret_tables, span_pages_outward(span_of(table, 1)));
		if (!(entry & ENTRY_PRESENT))
			return error_new("the kernel of %s maps nothing at 0x%" PRIx64, tables->core->path, linear);
		if (level == paging->levels - 1 || is_large(paging, level, entry)) {
			*ret_phys = (entry & ENTRY_ADDRESS & ~page_mask) | (at & page_mask);
			*ret_bytes = page_mask + 1 - (at & page_mask);
			return NULL;
		}
		table = entry & ENTRY_ADDRESS;
	}
	return NULL;
}

struct error *page_tables_translate(const struct page_tables *tables, uint64_t linear, uint64_t *ret_phys,
				    uint64_t *ret_bytes)
{
	return page_tables_trace(tables, linear, ret_phys, ret_bytes, NULL);
}

struct walk {
	const struct page_tables *tables;
	uint64_t first, last; /* without the sign extension */
	bool (*visit)(void *context, uint64_t phys);
	void *context;
	bool stopped;
};

static uint64_t entry_at(const struct paging *paging, const uint8_t *entries, size_t index)
{
	return paging->entry_bytes == 8 ? load_u64(entries + index * 8) : load_u32(entries + index * 4);
}

/* `linear` is the address that entry 0 of this table maps. */
static struct error *walk_table(struct walk *walk, int level, uint64_t table, uint64_t linear)
{
	const struct paging *paging = walk->tables->paging;
	unsigned int shift = shift_of(paging, level);
	size_t count = (size_t)1 << paging->index_bits[level];
	uint8_t entries[PAGE_SIZE_BYTES];
	struct error *error = core_file_read_phys(walk->tables->core, table, entries, count * paging->entry_bytes);

	for (size_t i = 0; !error && !walk->stopped && i < count; i++) {
		uint64_t at = linear + ((uint64_t)i << shift), entry = entry_at(paging, entries, i);

		if (at > walk->last || at + ((UINT64_C(1) << shift) - 1) < walk->first || !(entry & ENTRY_PRESENT) ||
		    is_large(paging, level, entry))
			continue;
		if (level == paging->levels - 1)
			walk->stopped = walk->visit(walk->context, entry & ENTRY_ADDRESS);
		else
			error = walk_table(walk, level + 1, entry & ENTRY_ADDRESS, at);
	}
	return error;
}

struct error *page_tables_each_page(const struct page_tables *tables, uint64_t first, uint64_t last,
				    bool (*visit)(void *context, uint64_t phys), void *context)
{
	uint64_t bits = translated_bits(tables->paging);
	struct walk walk = { tables, first & bits, last & bits, visit, context, false };

	return walk_table(&walk, 0, tables->root, 0);
}
