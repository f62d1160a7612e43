/* SPDX-License-Identifier: GPL-2.0-only */
/* What offline CPUs use, found through page tables of each form. */
#include "lib/machine/parked_memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/core_builder.h"

/* Physical addresses. */
#define TEXT 0x2000000
#define DATA 0x2c00000
#define ROOT 0x2c10000
#define TABLES 0x1f000000
#define AREAS 0x1e000000 /* two, one MiB apart */
#define TASK 0x1c0001c0  /* CPU 1's idle task */
#define STACK 0x5000000  /* its stack */

static const struct form {
	const char *name;
	bool is_64;
	int levels;
	uint64_t text, direct, vmalloc;
	const char *info;
} forms[] = {
	{ "x86_64, 4 levels", true, 4, 0xffffffff82000000, 0xffff888000000000, 0xffffc90000000000,
	  "NUMBER(pgtable_l5_enabled)=0\n" },
	{ "x86_64, 5 levels", true, 5, 0xffffffff82000000, 0xff11000000000000, 0xffa0000000000000,
	  "NUMBER(pgtable_l5_enabled)=1\n" },
	{ "i386", false, 2, 0xc2000000, 0xc0000000, 0xf8000000, "" },
	{ "i386, PAE", false, 3, 0xc2000000, 0xc0000000, 0xf8000000, "CONFIG_X86_PAE=y\n" },
};

static size_t word_bytes(const struct form *form)
{
	return form->is_64 ? 8 : 4;
}

static void write_word(struct core_builder *core, const struct form *form, uint64_t phys, uint64_t value)
{
	core_write(core, phys, &value, word_bytes(form));
}

/* CPU 0's idle task is in the kernel's data, with its stack; CPU 1's has one in vmalloc space. */
static void write_tasks(struct core_builder *core, const struct form *form)
{
	uint64_t data = form->text - TEXT + DATA, pages = form->is_64 ? 4 : 2;

	write_word(core, form, AREAS + 0x1000, data + 0x8000);
	write_word(core, form, DATA + 0x8020, data + 0x4000);
	write_word(core, form, DATA + 0x4000, 0x57ac6e9d);
	write_word(core, form, AREAS + 0x101000, form->direct + TASK);
	/* An address in front of it is no stack: it ends otherwise. */
	write_word(core, form, TASK + 0x10, form->direct + AREAS);
	write_word(core, form, TASK + 0x20, form->vmalloc + 0x38000);
	write_word(core, form, STACK, 0x57ac6e9d);
	for (uint64_t page = 0; page < pages; page++)
		core_map(core, form->vmalloc + 0x38000 + page * 0x1000, STACK + page * 0x1000, false);
}

static void begin(struct core_builder *core, const struct form *form)
{
	*core = (struct core_builder){ .arch = form->is_64 ? &arch_x86_64 : &arch_i386, .paging_levels = form->levels,
				       .root_phys = ROOT, .next_table = TABLES };
	AUTO_FREE char *info = xasprintf("SYMBOL(swapper_pg_dir)=%" PRIx64 "\n%s", form->text - TEXT + ROOT, form->info);
	uint64_t per_cpu = form->is_64 ? 0 : form->text + 0xb00000, data = form->text - TEXT + DATA;

	core_note(core, "VMCOREINFO", 0, info, strlen(info));
	if (form->is_64)
		core_load(core, form->text, TEXT, 0x1000000);
	core_load(core, form->vmalloc, ELF_NO_ADDRESS, 0x1000000);
	core_load(core, form->direct, 0, 0x20000000);
	core_map(core, form->text, TEXT, true);
	core_map(core, data, DATA, true);
	core_map(core, form->direct + AREAS, AREAS, true);
	core_map(core, form->direct + TASK, TASK & ~(uint64_t)0x3fffff, true);
	write_word(core, form, DATA + 0x100, form->direct + AREAS - per_cpu);
	write_word(core, form, DATA + 0x100 + word_bytes(form), form->direct + AREAS + 0x100000 - per_cpu);
	write_tasks(core, form);
}

/* As /proc/kallsyms: with the data's symbols, or, as without CONFIG_KALLSYMS_ALL, without. */
static char *symbols_of(const struct form *form, bool all)
{
	uint64_t per_cpu = form->is_64 ? 0 : form->text + 0xb00000;
	AUTO_FREE char *code = xasprintf("%" PRIx64 " T _stext\n%" PRIx64 " T _etext\n", form->text, form->text + 0x100000);

	return all ? xasprintf("%s%" PRIx64 " A __per_cpu_start\n%" PRIx64 " d idle_threads\n%" PRIx64 " A __per_cpu_end\n"
			       "%" PRIx64 " D __per_cpu_offset\n",
			       code, per_cpu, per_cpu + 0x1000, per_cpu + 0x3000, form->text - TEXT + DATA + 0x100) :
		     xstrdup(code);
}

static struct error *find(const struct core_builder *core, const char *folder, const char *symbols,
			  struct span_set *set)
{
	AUTO_FREE char *proc = xasprintf("%s/proc", folder);
	AUTO_FREE char *kcore = xasprintf("%s/kcore", proc);
	AUTO_FREE char *kallsyms = NULL;

	mkdir(proc, 0755);
	core_write_file(core, kcore);
	kallsyms = write_file(proc, "kallsyms", (struct bytes){ (const uint8_t *)symbols, strlen(symbols) });

	struct error *error = parked_memory_find(folder, core->arch, 2, set);

	unlink(kcore);
	unlink(kallsyms);
	rmdir(proc);
	return error;
}

static void test_form(const struct form *form, const char *folder)
{
	AUTO_CORE struct core_builder core = { 0 };
	AUTO_SPAN_SET struct span_set set = { 0 };
	AUTO_FREE char *symbols = symbols_of(form, true);
	uint64_t stack_bytes = form->is_64 ? 0x4000 : 0x2000;

	begin(&core, form);
	ok(no_error(find(&core, folder, symbols, &set)), "%s: all is found", form->name);
	ok(span_set_contains(&set, span_of(AREAS, 0x3000)) && span_set_contains(&set, span_of(AREAS + 0x100000, 0x3000)),
	   "%s: both per-CPU areas", form->name);
	ok(!span_set_overlaps(&set, span_of(AREAS + 0x3000, 0xfd000)), "%s: and not what is between them", form->name);
	ok(span_set_contains(&set, span_of(STACK, stack_bytes)) &&
		   !span_set_overlaps(&set, span_of(STACK + stack_bytes, 0x1000)),
	   "%s: the stack of CPU 1's idle task", form->name);
	ok(span_set_contains(&set, span_of(DATA + 0x4000, stack_bytes)), "%s: CPU 0's", form->name);
	ok(span_set_contains(&set, span_of(ROOT, 0x1000)), "%s: the top of the page tables", form->name);
	/* All tables that this test has lead to one of them. */
	ok(core.next_table > TABLES && span_set_contains(&set, span_of(TABLES, core.next_table - TABLES)),
	   "%s: and all page tables below it", form->name);
	ok(!span_set_overlaps(&set, span_of(TASK & ~(uint64_t)0xfff, 0x1000)), "%s: not the task itself", form->name);
}

static void test_lacks(const struct form *form, const char *folder)
{
	AUTO_CORE struct core_builder core = { 0 };
	AUTO_SPAN_SET struct span_set set = { 0 };
	AUTO_FREE char *symbols = symbols_of(form, false);

	begin(&core, form);
	ok(error_contains(find(&core, folder, symbols, &set), "CONFIG_KALLSYMS_ALL"), "%s: no symbols of data", form->name);
	ok(span_set_contains(&set, span_of(ROOT, 0x1000)), "%s: but the way to the kernel's code", form->name);
	ok(error_contains(find(&core, folder, "0 T _stext\n0 T _etext\n", &set), "kernel.kptr_restrict"),
	   "%s: no addresses", form->name);
	core_deinit(&core);
	core = (struct core_builder){ 0 };
	begin(&core, form);
	write_word(&core, form, STACK, 0);

	AUTO_FREE char *all = symbols_of(form, true);

	ok(error_contains(find(&core, folder, all, &set), "CPU 1: no stack"), "%s: a task without a stack", form->name);
}

/* What is not found of one CPU leaves out nothing of the others. */
static void test_goes_on(const struct form *form, const char *folder)
{
	AUTO_CORE struct core_builder core = { 0 };
	AUTO_SPAN_SET struct span_set set = { 0 };
	AUTO_FREE char *symbols = symbols_of(form, true);

	begin(&core, form);
	write_word(&core, form, DATA + 0x4000, 0);
	ok(error_contains(find(&core, folder, symbols, &set), "CPU 0: no stack"), "%s: a stack of CPU 0 that is not found", form->name);
	ok(span_set_contains(&set, span_of(AREAS + 0x100000, 0x3000)) && span_set_contains(&set, span_of(STACK, 0x1000)),
	   "%s: CPU 1's area and stack all the same", form->name);
}

int main(void)
{
	char *folder = make_folder();

	for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
		test_form(&forms[i], folder);
		test_lacks(&forms[i], folder);
		test_goes_on(&forms[i], folder);
	}
	remove_folder(folder);
	return tap_done();
}
