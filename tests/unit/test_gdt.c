/* SPDX-License-Identifier: GPL-2.0-only */
/* CPU 0's GDT, found through page tables of each form, and never taken from anywhere else. */
#include "lib/core/gdt.h"

#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/machine/kernel_map.h"
#include "tests/tap.h"
#include "tests/unit/core_builder.h"

#define AREA_64 UINT64_C(0xfffffe0000000000)
#define AREA_32 UINT64_C(0xff400000)

/* Each form of page tables, with the linear address of the top-level one. */
static const struct form {
	const char *name;
	bool is_64;
	int levels;
	uint64_t root_linear, direct, area;
	const char *info;
} forms[] = {
	{ "x86_64, 4 levels", true, 4, 0xffffffff82a10000, 0xffff888000000000, AREA_64, "NUMBER(pgtable_l5_enabled)=0\n" },
	{ "x86_64, 5 levels", true, 5, 0xffffffff82a10000, 0xff11000000000000, AREA_64, "NUMBER(pgtable_l5_enabled)=1\n" },
	{ "i386", false, 2, 0xc2a10000, 0xc0000000, AREA_32, "" },
	{ "i386, PAE", false, 3, 0xc2a10000, 0xc0000000, AREA_32, "CONFIG_X86_PAE=y\n" },
};

/* 512 MiB, kernel text at 32 MiB, page tables at 42 MiB; entry areas are the tests'. */
static void begin(struct core_builder *core, const struct form *form)
{
	*core = (struct core_builder){ .arch = form->is_64 ? &arch_x86_64 : &arch_i386, .paging_levels = form->levels,
				       .root_phys = 0x2a10000, .next_table = 0x1f000000 };
	AUTO_FREE char *info =
		xasprintf("SYMBOL(swapper_pg_dir)=%" PRIx64 "\n%s", form->root_linear, form->info);

	core_note(core, "VMCOREINFO", 0, info, strlen(info));
	if (form->is_64)
		core_load(core, 0xffffffff82000000, 0x2000000, 0x1000000);
	core_load(core, form->is_64 ? 0xffffc90000000000 : 0xf8000000, ELF_NO_ADDRESS, 0x1000000);
	core_load(core, form->direct, 0, 0x20000000);
}

/* Writes it as FOLDER/proc/kcore, and reads it as the program does. */
static struct error *read_back(const struct core_builder *core, const char *folder, struct kernel_map *ret_map)
{
	AUTO_FREE char *proc = xasprintf("%s/proc", folder);
	AUTO_FREE char *path = xasprintf("%s/kcore", proc);

	mkdir(proc, 0755);
	core_write_file(core, path);

	struct error *error = kernel_map_init(ret_map, folder, core->arch);

	unlink(path);
	rmdir(proc);
	return error;
}

static bool found_at(const struct core_builder *core, const char *folder, uint64_t linear)
{
	AUTO_KERNEL_MAP struct kernel_map map = { 0 };

	if (!no_error(read_back(core, folder, &map)))
		return false;
	if (map.gdt != linear)
		diag("0x%" PRIx64 ", not 0x%" PRIx64, map.gdt, linear);
	return map.gdt == linear;
}

static bool refused(const struct core_builder *core, const char *folder, const char *says)
{
	AUTO_KERNEL_MAP struct kernel_map map = { 0 };

	return error_contains(read_back(core, folder, &map), says);
}

static void test_form(const struct form *form, const char *folder)
{
	AUTO_CORE struct core_builder core = { 0 };
	AUTO_KERNEL_MAP struct kernel_map map = { 0 };

	begin(&core, form);
	/* The IDT's page, then CPU 0's GDT; a page that no memory is shown of; CPU 1's. */
	core_map(&core, form->area, 0x3001000, false);
	core_map(&core, form->area + 0x1000, 0x1e00a000, false);
	core_map(&core, form->area + 0x2000, 0xfd000000, false);
	core_map(&core, form->area + 0x3c000, 0x1d00a000, false);
	core_gdt(&core, 0x1e00a000, 0, true);
	core_gdt(&core, 0x1d00a000, 1, true);
	core_gdt(&core, 0x2900000, 0, false);
	core_gdt(&core, 0x1000, 0, true);
	if (!ok(no_error(read_back(&core, folder, &map)), "%s: the kernel's map is read", form->name))
		return;
	is_u64(map.gdt, form->direct + 0x1e00a000, "%s: the GDT of CPU 0, in the direct map", form->name);
	is_u64((uint64_t)map.paging_levels, (uint64_t)form->levels, "%s: levels", form->name);
	is_u64(map.direct_offset, form->direct, "%s: the direct map", form->name);
	is_u64(kernel_map_linear(&map, 0x1000), form->direct + 0x1000, "%s: an address in it", form->name);
	is_u64(kernel_map_linear(&map, UINT64_C(1) << 40), form->is_64 ? form->direct + (UINT64_C(1) << 40) : UINT64_MAX,
	       "%s: one above what i386 maps", form->name);
	is_u64(span_size(map.text_phys), form->is_64 ? 0x1000000 : 0, "%s: the kernel's text", form->name);
}

static void test_order(const char *folder)
{
	for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
		AUTO_CORE struct core_builder core = { 0 };

		/* On i386 the lowest live one is CPU 0's; on x86_64 it says so itself, wherever it is. */
		begin(&core, &forms[i]);
		core_map(&core, forms[i].area + 0x1000, 0x1a000000, false);
		core_map(&core, forms[i].area + 0x201000, 0x1b000000, false);
		core_gdt(&core, 0x1a000000, 0, false);
		core_gdt(&core, 0x1b000000, 0, true);
		ok(found_at(&core, folder, forms[i].direct + 0x1b000000), "%s: an early one that is mapped is not taken",
		   forms[i].name);
	}

	AUTO_CORE struct core_builder core = { 0 };
	begin(&core, &forms[0]);
	core_map(&core, AREA_64 + 0x1000, 0x1a000000, false);
	core_map(&core, AREA_64 + 0x50000000, 0x1b000000, false);
	core_gdt(&core, 0x1a000000, 5, true);
	core_gdt(&core, 0x1b000000, 0, true);
	ok(found_at(&core, folder, forms[0].direct + 0x1b000000), "x86_64: with the areas in another order (6.2 and later)");
}

static void test_accessed(const char *folder)
{
	AUTO_CORE struct core_builder core = { 0 };
	uint64_t descriptor = 0x00cf9a000000ffff;

	begin(&core, &forms[0]);
	core_map(&core, AREA_64 + 0x1000, 0x1a000000, false);
	core_gdt(&core, 0x1a000000, 0, true);
	core_write(&core, 0x1a000008, &descriptor, sizeof(descriptor));
	ok(found_at(&core, folder, forms[0].direct + 0x1a000000), "a segment that was never loaded is one, too");
	descriptor = 0x00cf98000000ffff;
	core_write(&core, 0x1a000008, &descriptor, sizeof(descriptor));
	ok(refused(&core, folder, "cannot find the GDT of CPU 0"), "one of another kind is none");
}

static void test_refused(const char *folder)
{
	for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
		AUTO_CORE struct core_builder core = { 0 };

		begin(&core, &forms[i]);
		core_gdt(&core, 0x1e00a000, 0, true);
		ok(refused(&core, folder, "cannot find the GDT of CPU 0"), "%s: not if it is not mapped", forms[i].name);
		core_map(&core, forms[i].direct, 0x1e000000, false);
		if (forms[i].is_64) {
			/* Below and above the areas: 512 GiB */
			core_map(&core, AREA_64 - 0x1000, 0x1e00a000, false);
			core_map(&core, AREA_64 + (UINT64_C(1) << 39), 0x1e00a000, false);
		}
		ok(refused(&core, folder, "cannot find the GDT of CPU 0"), "%s: nor if it is mapped elsewhere",
		   forms[i].name);
		core_map(&core, forms[i].area + 0x400000, 0x1e000000, true);
		ok(refused(&core, folder, "cannot find the GDT of CPU 0"), "%s: nor by a large page", forms[i].name);
	}

	AUTO_CORE struct core_builder silent = { .arch = &arch_x86_64 }, outside = { .arch = &arch_x86_64 };
	core_load(&silent, 0xffff888000000000, 0, 0x1000000);
	ok(refused(&silent, folder, "no VMCOREINFO"), "not without VMCOREINFO");
	begin(&outside, &forms[0]);
	outside.loads[0].vaddr += 0x10000000;
	ok(refused(&outside, folder, "does not show the kernel's page tables at 0xffffffff82a10000"),
	   "not if the page tables are not shown");
	core_deinit(&outside);
	begin(&outside, &forms[0]);
	core_map(&outside, AREA_64 + 0x1000, 0x1a000000, false);
	outside.loads[2].memory_size = outside.loads[2].file_size = 0x1000000;
	ok(refused(&outside, folder, "cannot walk the kernel's page tables"), "not if those below are not shown");
}

int main(void)
{
	char *folder = make_folder();

	for (size_t i = 0; i < ARRAY_COUNT(forms); i++)
		test_form(&forms[i], folder);
	test_order(folder);
	test_accessed(folder);
	test_refused(folder);
	remove_folder(folder);
	return tap_done();
}
