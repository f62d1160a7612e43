/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guards that look at the machine, each asked in a scene in which it is
 * content, and again with the one thing changed that it looks at.
 */
#include "hibernate/guards.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/alloc.h"
#include "lib/machine/fingerprint.h"
#include "tests/tap.h"
#include "tests/unit/core_builder.h"

#define WINDOW_START 0x1000000
#define WINDOW_END 0x2000000

/* A kernel in the window of a snapshot, on the machine that the snapshot was made on. */
struct fixture {
	char *root;
	struct machine machine;
	struct jump_note note;
	struct snapshot snapshot;
	struct restore restore;
	struct guard_scene scene;
};

static const char *said;

static void keep_said(const char *text)
{
	(void)text;
	said = "something";
}

/* What the running kernel tells of its page tables: a line of VMCOREINFO, or NULL and there is no /proc/kcore. */
static void write_kcore(const char *root, const struct arch *arch, const char *line)
{
	AUTO_CORE struct core_builder core = { .arch = arch, .paging_levels = arch->is_64 ? 4 : 2 };
	AUTO_FREE char *folder = xasprintf("%s/proc", root);
	AUTO_FREE char *path = xasprintf("%s/kcore", folder);

	if (mkdir(folder, 0700))
		exit(2);
	if (!line)
		return;
	core_note(&core, "VMCOREINFO", 0, line, strlen(line));
	core_load(&core, 0xc0000000, 0, PAGE_SIZE_BYTES);
	core_write_file(&core, path);
}

static void begin(struct fixture *fixture, const struct arch *arch, uint32_t levels, const char *line)
{
	*fixture = (struct fixture){ .root = make_folder() };
	fixture->machine = (struct machine){ .root = fixture->root, .arch = arch };
	span_set_add(&fixture->machine.ram, (struct span){ WINDOW_START, WINDOW_END });
	span_set_add(&fixture->note.memory, (struct span){ WINDOW_END, WINDOW_END + 0x100000 });
	fixture->note.fixed = (struct kjump_note){ .elf_machine = arch->elf_machine, .paging_levels = levels,
						   .memory_digest = fingerprint_memory(&fixture->machine),
						   .cpu_digest = fingerprint_cpu(fixture->root) };
	fixture->restore = (struct restore){ .snapshot = &fixture->snapshot, .note = &fixture->note };
	fixture->scene = (struct guard_scene){ .snapshot = &fixture->snapshot, .note = &fixture->note,
					       .restore = &fixture->restore, .machine = &fixture->machine,
					       .say = keep_said };
	write_kcore(fixture->root, arch, line);
	said = NULL;
}

static void end(struct fixture *fixture)
{
	span_set_deinit(&fixture->machine.ram);
	jump_note_deinit(&fixture->note);
	remove_folder(xasprintf("%s/proc", fixture->root));
	remove_folder(fixture->root);
}

static struct error *ask(const struct fixture *fixture, const char *name)
{
	for (size_t i = 0; i < guard_count; i++)
		if (!strcmp(guards[i].name, name))
			return guards[i].check(&fixture->scene);
	return error_new("there is no guard \"%s\"", name);
}

static void content(const struct fixture *fixture, const char *name, const char *when)
{
	struct error *error = ask(fixture, name);

	if (!ok(!error, "%s: content with %s", name, when))
		diag("%s", error_text(error));
	error_free(error);
}

static void refuses(const struct fixture *fixture, const char *name, const char *what, const char *when)
{
	struct error *error = ask(fixture, name);

	if (!ok(error && strstr(error_text(error), what), "%s: refuses %s", name, when))
		diag("%s", error ? error_text(error) : "no error");
	error_free(error);
}

/* Names of all guards that the scene is content with, but for those that need disks and /dev/mem. */
static void test_each(void)
{
	static const char *const names[] = { "architecture", "page-tables", "memory-map", "processor", "window" };
	struct fixture fixture;

	begin(&fixture, &arch_x86_64, 4, "NUMBER(pgtable_l5_enabled)=0\n");
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		content(&fixture, names[i], "the machine of the snapshot");
	fixture.note.fixed.elf_machine = arch_i386.elf_machine;
	refuses(&fixture, "architecture", "another architecture than this x86_64 one", "a 32-bit kernel");
	fixture.note.fixed.memory_digest++;
	refuses(&fixture, "memory-map", "its memory map differs", "other memory");
	fixture.note.fixed.cpu_digest++;
	refuses(&fixture, "processor", "its processor differs", "another processor");
	span_set_add(&fixture.machine.ram, (struct span){ WINDOW_END, WINDOW_END + PAGE_SIZE_BYTES });
	refuses(&fixture, "window", "uses 0x2000000-0x2000fff", "a kernel that runs in the snapshot's memory");
	end(&fixture);
}

static void levels(const struct arch *arch, uint32_t saved, const char *line, const char *refusal, const char *when)
{
	struct fixture fixture;

	begin(&fixture, arch, saved, line);
	if (refusal)
		refuses(&fixture, "page-tables", refusal, when);
	else
		content(&fixture, "page-tables", when);
	ok(!said == !!line, "page-tables: %s", line ? "nothing is said besides" : "and says that it does not know");
	end(&fixture);
}

static void test_page_tables(void)
{
	const char *const with_5 = "NUMBER(pgtable_l5_enabled)=1\n", *const with_4 = "NUMBER(pgtable_l5_enabled)=0\n";

	levels(&arch_x86_64, 5, with_5, NULL, "five levels in both kernels");
	levels(&arch_x86_64, 5, with_4, "has page tables of 5 levels, this one of 4: start both with no5lvl",
	       "five levels where this kernel has four");
	levels(&arch_x86_64, 4, with_5, "has page tables of 4 levels, this one of 5", "four levels where this has five");
	levels(&arch_i386, 3, "CONFIG_X86_PAE=y\n", NULL, "PAE in both kernels");
	levels(&arch_i386, 3, "OSRELEASE=6.1\n", "this kernel has to be built with PAE", "PAE where this kernel has none");
	levels(&arch_i386, 2, "CONFIG_X86_PAE=y\n", "has page tables of 2 levels, this one of 3",
	       "no PAE where this kernel has it");
	levels(&arch_x86_64, 5, NULL, NULL, "a kernel without /proc/kcore");
}

int main(void)
{
	test_each();
	test_page_tables();
	return tap_done();
}
