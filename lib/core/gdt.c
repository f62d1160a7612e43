/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/gdt.h"

#include <inttypes.h>

#include "lib/core/page_tables.h"

#define GDT_BYTES 256
#define GDT_ACCESSED (UINT64_C(1) << 40)

struct search {
	const struct core_file *core;
	const struct arch *arch;
	bool found;
	uint64_t phys;
};

static bool looks_like_gdt(const struct arch *arch, const uint64_t *gdt)
{
	for (size_t i = 0; i < arch->gdt.entry_count; i++)
		if ((gdt[arch->gdt.first_entry + i] | GDT_ACCESSED) != (arch->gdt.entries[i] | GDT_ACCESSED))
			return false;
	return arch->gdt.is_live_on_cpu0(gdt);
}

static bool check_page(void *context, uint64_t phys)
{
	struct search *search = context;
	uint64_t gdt[GDT_BYTES / sizeof(uint64_t)];
	struct error *error = core_file_read_phys(search->core, phys, gdt, sizeof(gdt));

	/* A page that is not in the core is no RAM, or lies in the window: no GDT of this kernel. */
	if (error) {
		error_free(error);
		return false;
	}
	search->found = looks_like_gdt(search->arch, gdt);
	search->phys = phys;
	return search->found;
}

struct error *gdt_find(const struct core_file *core, const struct arch *arch, uint64_t *ret_linear)
{
	struct search search = { .core = core, .arch = arch };
	struct page_tables tables;
	struct error *error = page_tables_init(&tables, core, arch);

	if (!error)
		error = error_prefix(page_tables_each_page(&tables, arch->gdt.area_start, arch->gdt.area_last,
							   check_page, &search),
				     "cannot walk the kernel's page tables");
	if (error)
		return error;
	if (!search.found)
		return error_new("cannot find the GDT of CPU 0 in %s: a kernel that is jumped back to would crash",
				 core->path);
	if (!core_file_direct_linear_of(core, search.phys, ret_linear))
		return error_new("the GDT of CPU 0 at 0x%" PRIx64 " is not in the direct map of %s", search.phys,
				 core->path);
	return NULL;
}
