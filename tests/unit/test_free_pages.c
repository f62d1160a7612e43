/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Free pages, found in made-up kernels: each way of keeping the list of pages,
 * and both ways of marking a free one; and which pages that a core leaves out
 * have to be zeroed. Page frame 64 begins a free block of
 * 16 pages; frame 96 is in use; frame 128 begins a free block of one page.
 */
#include "lib/core/free_pages.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/core/absent_pages.h"
#include "lib/core/core_segments.h"
#include "tests/tap.h"
#include "tests/unit/core_builder.h"

/* _mapcount of the first page of a free block: ~PG_buddy up to 6.11, PGTY_buddy << 24 from 6.12 on. */
#define MARK_OLD "-129"
#define MARK_NEW "-268435456"

#define MEMORY_BYTES (UINT64_C(1) << 25)
#define TABLES UINT64_C(0x100000)
#define LIST 0x200000 /* physical address of the struct pages */

enum list { FLAT, SPARSE, VMEMMAP };

struct kernel {
	const char *name;
	const struct arch *arch;
	int levels;
	enum list list;
	const char *mark;
	const char *without; /* a key of VMCOREINFO that this one lacks; NULL */
};

static uint64_t direct_map(const struct kernel *kernel)
{
	return kernel->arch->is_64 ? UINT64_C(0xffff888000000000) : 0xc0000000;
}

static unsigned int page_bytes(const struct kernel *kernel)
{
	return kernel->arch->is_64 ? 64 : 32;
}

/* Where the kernel has its list: in the direct map, or (vmemmap) where its own page tables say. */
static uint64_t list_linear(const struct kernel *kernel)
{
	return kernel->list == VMEMMAP ? UINT64_C(0xffffea0000000000) : direct_map(kernel) + LIST;
}

static void put_page(struct core_builder *core, const struct kernel *kernel, uint64_t frame, uint32_t mark,
		     uint32_t order)
{
	uint64_t at = LIST + frame * page_bytes(kernel);

	core_write(core, at + 24, &mark, sizeof(mark));
	core_write(core, at + 8, &order, sizeof(order));
}

static void put_list(struct core_builder *core, const struct kernel *kernel)
{
	uint32_t mark = (uint32_t)strtol(kernel->mark, NULL, 10);

	put_page(core, kernel, 64, mark, 4);
	put_page(core, kernel, 65, mark, 30); /* inside the block: whatever is there does not count */
	put_page(core, kernel, 96, UINT32_MAX, 4);
	put_page(core, kernel, 128, mark, 0);
	put_page(core, kernel, 131, mark, 3); /* not where a block of 8 pages may begin */
	for (uint64_t page = 0; kernel->list == VMEMMAP && page < 128; page++)
		core_map(core, list_linear(kernel) + page * PAGE_SIZE_BYTES, LIST + page * PAGE_SIZE_BYTES, false);
}

/* mem_map, or a table of one page of sections of 128 MiB, of which the first is there. */
static void put_table(struct core_builder *core, const struct kernel *kernel)
{
	size_t pointer = kernel->arch->is_64 ? 8 : 4;
	uint64_t table = direct_map(kernel) + TABLES + 0x1000, section = list_linear(kernel) | 0x3;
	uint64_t list = list_linear(kernel);

	core_write(core, TABLES, kernel->list == FLAT ? &list : &table, pointer);
	if (kernel->list != FLAT)
		core_write(core, TABLES + 0x1000, &section, pointer);
}

static void put_line(struct buffer *text, const struct kernel *kernel, const char *key, const char *value)
{
	AUTO_FREE char *line = xasprintf("%s=%s\n", key, value);

	if (!kernel->without || strcmp(kernel->without, key))
		put(text, line, strlen(line));
}

static void put_vmcoreinfo(struct core_builder *core, const struct kernel *kernel)
{
	AUTO_BUFFER struct buffer text = { 0 };
	AUTO_FREE char *root = xasprintf("%" PRIx64, direct_map(kernel) + core->root_phys);
	AUTO_FREE char *table = xasprintf("%" PRIx64, direct_map(kernel) + TABLES);
	AUTO_FREE char *size = xasprintf("%u", page_bytes(kernel));

	put_line(&text, kernel, "SYMBOL(swapper_pg_dir)", root);
	put_line(&text, kernel, "SIZE(page)", size);
	put_line(&text, kernel, "OFFSET(page._mapcount)", "24");
	put_line(&text, kernel, "OFFSET(page.private)", "8");
	put_line(&text, kernel, "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", kernel->mark);
	if (kernel->levels == 3)
		put_line(&text, kernel, "CONFIG_X86_PAE", "y");
	if (kernel->list == FLAT) {
		put_line(&text, kernel, "SYMBOL(mem_map)", table);
	} else {
		put_line(&text, kernel, "SYMBOL(mem_section)", table);
		put_line(&text, kernel, "LENGTH(mem_section)", "1");
		put_line(&text, kernel, "SIZE(mem_section)", kernel->arch->is_64 ? "16" : "8");
		put_line(&text, kernel, "OFFSET(mem_section.section_mem_map)", "0");
		put_line(&text, kernel, "NUMBER(SECTION_SIZE_BITS)", "27");
		put_line(&text, kernel, "NUMBER(MAX_PHYSMEM_BITS)", kernel->arch->is_64 ? "46" : "36");
	}
	core_note(core, "VMCOREINFO", 0, text.data, text.size);
}

/* The first block of 16 pages and as many behind it are shown, and in the file only if `whole`. */
static void open_kernel(const struct kernel *kernel, bool whole, struct core_file *ret_file)
{
	AUTO_CORE struct core_builder core = { .arch = kernel->arch, .paging_levels = kernel->levels,
					       .root_phys = 0x3000, .next_table = 0x10000 };
	char *folder = make_folder();
	AUTO_FREE char *path = xasprintf("%s/core", folder);

	put_vmcoreinfo(&core, kernel);
	core_load_part(&core, direct_map(kernel), 0, whole ? 96 * 4096 : 64 * 4096, 96 * 4096);
	core_load(&core, direct_map(kernel) + 96 * 4096, 96 * 4096, MEMORY_BYTES - 96 * 4096);
	put_list(&core, kernel);
	put_table(&core, kernel);
	/* The file is as long as what it shows. */
	core_write(&core, MEMORY_BYTES - 8, "the end", 8);
	core_write_file(&core, path);

	error_free(core_file_open(ret_file, path));
	remove_folder(folder);
}

static struct error *find(const struct kernel *kernel, struct hole_set *ret_free)
{
	AUTO_CORE_FILE struct core_file file = { 0 };

	open_kernel(kernel, true, &file);
	return free_pages_find(&file, kernel->arch, ret_free);
}

static void finds(const struct kernel *kernel)
{
	AUTO_HOLE_SET struct hole_set free = { 0 };
	struct error *error = find(kernel, &free);

	if (!ok(!error, "%s: its list of pages is read", kernel->name))
		diag("%s", error_text(error));
	error_free(error);
	const struct span *found = free.spans.items;

	ok(free.spans.count == 2 && found[0].start == 64 * 4096 && found[0].end == 80 * 4096 &&
		   found[1].start == 128 * 4096 && found[1].end == 129 * 4096,
	   "%s: both free blocks are found, and nothing else", kernel->name);
}

static void lacks(const char *key)
{
	const struct kernel kernel = { "", &arch_x86_64, 4, VMEMMAP, MARK_OLD, key };
	AUTO_HOLE_SET struct hole_set free = { 0 };
	struct error *error = find(&kernel, &free);

	ok(error && strstr(error_text(error), key) && !free.spans.count, "without %s nothing is free, and that is said", key);
	error_free(error);
}

/* What the core leaves out and was zeros. */
static struct error *find_zeros(const struct core_file *core, uint32_t free_pages, struct span_set *ret_zeros)
{
	const struct jump_note note = { .fixed = { .free_pages = free_pages } };
	AUTO_HOLE_SET struct hole_set not_zero = { 0 };
	struct core_segments at = { .core = core };
	struct elf_segment segment;
	struct error *error = absent_pages_not_zero(core, &note, &not_zero);

	while (!error && !(error = core_segments_next_by_address(&at, &segment)) && segment.type != PT_NULL)
		span_set_add(ret_zeros, core_segment_absent(&segment));
	span_set_remove_set(ret_zeros, &not_zero.spans);
	return error;
}

static void leaves_out(const struct kernel *kernel, bool whole, uint32_t free_pages, uint64_t first_frame,
		       const char *what)
{
	AUTO_CORE_FILE struct core_file file = { 0 };
	AUTO_SPAN_SET struct span_set zeros = { 0 };

	open_kernel(kernel, whole, &file);
	struct error *error = find_zeros(&file, free_pages, &zeros);

	if (whole)
		ok(!error && !zeros.count, "%s", what);
	else
		ok(!error && zeros.count == 1 && zeros.items[0].start == first_frame * 4096 &&
			   zeros.items[0].end == 96 * 4096, "%s", what);
	error_free(error);
}

static void test_absent(void)
{
	const struct kernel kernel = { "", &arch_x86_64, 4, VMEMMAP, MARK_OLD, NULL };
	const struct kernel unknown = { "", &arch_x86_64, 4, VMEMMAP, MARK_OLD, "SIZE(page)" };
	AUTO_CORE_FILE struct core_file file = { 0 };
	AUTO_SPAN_SET struct span_set zeros = { 0 };

	leaves_out(&unknown, false, KJUMP_FREE_ANY, 64, "what is left out is zeroed where nobody looks at free pages");
	leaves_out(&unknown, false, KJUMP_FREE_ZERO, 64, "and where free pages have to be zeros");
	leaves_out(&kernel, false, KJUMP_FREE_POISON, 80, "where they are poisoned only what was not free is zeroed");
	leaves_out(&unknown, true, KJUMP_FREE_POISON, 0, "of nothing left out nothing needs to be known");
	open_kernel(&unknown, false, &file);
	struct error *error = find_zeros(&file, KJUMP_FREE_POISON, &zeros);

	ok(error && strstr(error_text(error), "zero or free") && !zeros.count, "else that is refused");
	error_free(error);
}

int main(void)
{
	const struct kernel kernels[] = {
		{ "x86_64, vmemmap", &arch_x86_64, 4, VMEMMAP, MARK_OLD, NULL },
		{ "x86_64, vmemmap, from 6.12 on", &arch_x86_64, 4, VMEMMAP, MARK_NEW, NULL },
		{ "x86_64, sparse", &arch_x86_64, 4, SPARSE, MARK_OLD, NULL },
		{ "i386, flat", &arch_i386, 2, FLAT, MARK_OLD, NULL },
		{ "i386, flat, from 6.12 on", &arch_i386, 2, FLAT, MARK_NEW, NULL },
		{ "i386 with PAE, sparse", &arch_i386, 3, SPARSE, MARK_OLD, NULL },
		{ "i386 with PAE, sparse, from 6.12 on", &arch_i386, 3, SPARSE, MARK_NEW, NULL },
	};
	const char *const keys[] = { "SIZE(page)", "OFFSET(page._mapcount)", "OFFSET(page.private)",
				     "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", "LENGTH(mem_section)", "SIZE(mem_section)",
				     "OFFSET(mem_section.section_mem_map)", "NUMBER(SECTION_SIZE_BITS)",
				     "NUMBER(MAX_PHYSMEM_BITS)" };

	for (size_t i = 0; i < ARRAY_COUNT(kernels); i++)
		finds(&kernels[i]);
	for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
		lacks(keys[i]);
	test_absent();
	return tap_done();
}
