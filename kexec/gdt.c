/* SPDX-License-Identifier: GPL-2.0-only */
#include "gdt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "span.h"
#include "text.h"

/* Intel SDM vol. 3, 4.2 to 4.5 */
#define PTE_PRESENT UINT64_C(0x1)
#define PTE_LARGE UINT64_C(0x80)
#define PTE_ADDRESS UINT64_C(0x000ffffffffff000)

#define GDT_BYTES 256
#define GDT_ACCESSED (UINT64_C(1) << 40)

/* A form of page tables: how many levels, how large an entry, and what each level's index covers. */
struct paging {
	int levels;
	size_t entry_bytes;
	unsigned int index_bits[5]; /* from the top level on */
};

static const struct paging paging_64_5 = { 5, 8, { 9, 9, 9, 9, 9 } };
static const struct paging paging_64_4 = { 4, 8, { 9, 9, 9, 9 } };
static const struct paging paging_32_pae = { 3, 8, { 2, 9, 9 } };
static const struct paging paging_32 = { 2, 4, { 10, 10 } };

struct walk {
	const struct core_file *core;
	const struct arch *arch;
	const struct paging *paging;
	bool found;
	uint64_t gdt_phys;
};

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

/* Address bits below the index of `level` (0 is the top). */
static unsigned int shift_of(const struct paging *paging, int level)
{
	unsigned int shift = 12;

	for (int below = level + 1; below < paging->levels; below++)
		shift += paging->index_bits[below];
	return shift;
}

static bool looks_like_gdt(const struct arch *arch, const uint64_t *gdt)
{
	for (size_t i = 0; i < arch->gdt.entry_count; i++)
		if ((gdt[arch->gdt.first_entry + i] | GDT_ACCESSED) != (arch->gdt.entries[i] | GDT_ACCESSED))
			return false;
	return arch->gdt.is_live_on_cpu0(gdt);
}

static void check_page(struct walk *walk, uint64_t phys)
{
	uint64_t gdt[GDT_BYTES / sizeof(uint64_t)];
	struct error *error = core_file_read_phys(walk->core, phys, gdt, sizeof(gdt));

	/* Pages that are no RAM, or lie in the window, are not in the core: they are not it. */
	if (error) {
		error_free(error);
		return;
	}
	walk->found = looks_like_gdt(walk->arch, gdt);
	walk->gdt_phys = phys;
}

/* `linear` is what entry 0 of this table maps, without the sign extension. */
static struct error *walk_table(struct walk *walk, int level, uint64_t table_phys, uint64_t linear)
{
	const struct paging *paging = walk->paging;
	unsigned int shift = shift_of(paging, level);
	uint64_t canonical = walk->arch->is_64 ? (UINT64_C(1) << (shift_of(paging, 0) + 9)) - 1 : UINT32_MAX;
	uint64_t first = walk->arch->gdt.area_start & canonical, last = walk->arch->gdt.area_last & canonical;
	size_t count = (size_t)1 << paging->index_bits[level];
	uint64_t entries[512] = { 0 };
	uint32_t small[1024];
	bool is_small = paging->entry_bytes == 4;
	struct error *error = core_file_read_phys(walk->core, table_phys, is_small ? (void *)small : entries,
						  count * paging->entry_bytes);

	for (size_t i = 0; !error && !walk->found && i < count; i++) {
		uint64_t at = linear + ((uint64_t)i << shift);
		uint64_t entry = is_small ? small[i] : entries[i];

		if (at > last || at + ((UINT64_C(1) << shift) - 1) < first || !(entry & PTE_PRESENT))
			continue;
		if (level == paging->levels - 1)
			check_page(walk, entry & PTE_ADDRESS);
		else if (!(entry & PTE_LARGE) || (level == 0 && paging == &paging_32_pae))
			error = walk_table(walk, level + 1, entry & PTE_ADDRESS, at);
	}
	return error;
}

int gdt_paging_levels(const struct core_file *core, const struct arch *arch)
{
	return paging_of(core, arch)->levels;
}

struct error *gdt_find(const struct core_file *core, const struct arch *arch, uint64_t *ret_linear)
{
	struct walk walk = { .core = core, .arch = arch, .paging = paging_of(core, arch) };
	uint64_t root_linear, root_phys;

	if (!line_number(core->vmcoreinfo, "SYMBOL(swapper_pg_dir)", 16, &root_linear))
		return error_new("%s carries no VMCOREINFO with the kernel's page tables", core->path);
	if (!core_file_phys_of(core, root_linear, &root_phys))
		return error_new("%s does not show the kernel's page tables at 0x%" PRIx64, core->path, root_linear);

	struct error *error = walk_table(&walk, 0, root_phys, 0);

	if (error)
		return error_prefix(error, "cannot walk the kernel's page tables");
	if (!walk.found)
		return error_new("cannot find the GDT of CPU 0 in %s: a kernel jumped back to would be lost",
				 core->path);
	if (!core_file_direct_linear_of(core, walk.gdt_phys, ret_linear))
		return error_new("the GDT of CPU 0 at 0x%" PRIx64 " is not in the direct map of %s", walk.gdt_phys,
				 core->path);
	return NULL;
}
