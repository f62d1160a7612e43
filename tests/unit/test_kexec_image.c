/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's list of the pages of its kexec image, in both widths. */
#include "lib/machine/kexec_image.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/core_builder.h"

/* Physical addresses. */
#define VARIABLE 0x2c00100 /* kexec_image */
#define KIMAGE 0x5000040
#define LIST 0x6000000     /* two pages of it */
#define SOURCES 0x7000000
#define START 0x4001010

enum { DESTINATION = 1, INDIRECTION = 2, DONE = 4, SOURCE = 8 };

struct form {
	const struct arch *arch;
	uint64_t direct;
};

static void put_word(struct core_builder *core, uint64_t phys, size_t index, uint64_t value)
{
	size_t bytes = core->arch->is_64 ? 8 : 4;

	core_write(core, phys + index * bytes, &value, bytes);
}

/* Two pages at 0x4000000, one at 0x1000, in two pages of the list; each page holds its own address. */
static void begin(struct core_builder *core, const struct form *form)
{
	const char *info = "SYMBOL(swapper_pg_dir)=0\n";

	*core = (struct core_builder){ .arch = form->arch };
	core_note(core, "VMCOREINFO", 0, info, strlen(info));
	core_load(core, form->direct, 0, 0x20000000);
	put_word(core, VARIABLE, 0, form->direct + KIMAGE);
	put_word(core, KIMAGE, 0, LIST | INDIRECTION);
	put_word(core, KIMAGE, 3, START);
	put_word(core, LIST, 0, 0x4000000 | DESTINATION);
	put_word(core, LIST, 1, (SOURCES + 0x3000) | SOURCE);
	put_word(core, LIST, 2, SOURCES | SOURCE);
	put_word(core, LIST, 3, (LIST + 0x1000) | INDIRECTION);
	put_word(core, LIST + 0x1000, 0, 0x1000 | DESTINATION);
	put_word(core, LIST + 0x1000, 1, (SOURCES + 0x1000) | SOURCE);
	put_word(core, LIST + 0x1000, 2, DONE);
	for (uint64_t page = SOURCES; page < SOURCES + 0x4000; page += 0x1000)
		core_write(core, page + 0xffc, &page, 4);
}

static struct error *read_it(const struct core_builder *core, const char *folder, const char *symbols,
			     struct kexec_image *image)
{
	AUTO_FREE char *proc = xasprintf("%s/proc", folder);
	AUTO_FREE char *kcore = xasprintf("%s/kcore", proc);
	AUTO_FREE char *kallsyms = NULL;

	mkdir(proc, 0755);
	core_write_file(core, kcore);
	kallsyms = write_file(proc, "kallsyms", (struct bytes){ (const uint8_t *)symbols, strlen(symbols) });

	struct error *error = kexec_image_init(image, folder, core->arch);

	unlink(kcore);
	unlink(kallsyms);
	rmdir(proc);
	return error;
}

static char *symbols_of(const struct form *form)
{
	return xasprintf("%" PRIx64 " T _stext\n%" PRIx64 " D kexec_image\n", form->direct, form->direct + VARIABLE);
}

static void test_list(const struct form *form, const char *folder)
{
	AUTO_CORE struct core_builder core = { 0 };
	AUTO_KEXEC_IMAGE struct kexec_image image = { 0 };
	AUTO_SPAN_SET struct span_set memory = { 0 };
	AUTO_FREE char *symbols = symbols_of(form);
	const char *name = form->arch->name;
	uint32_t words[2] = { 0 };

	begin(&core, form);
	if (!ok(no_error(read_it(&core, folder, symbols, &image)), "%s: the list is read", name))
		return;
	is_u64(image.start, START, "%s: where the next jump enters", name);
	kexec_image_memory(&image, &memory);
	ok(memory.count == 2 && memory.items[0].start == 0x1000 && memory.items[1].start == 0x4000000 &&
		   memory.items[1].end == 0x4002000,
	   "%s: its memory, in order of address", name);
	ok(no_error(kexec_image_read(&image, 0x4000ffc, &words[0], 4)) && words[0] == SOURCES + 0x3000,
	   "%s: a page's content is that of its source", name);
	ok(no_error(kexec_image_read(&image, 0x4000ffc, words, 8)) && words[0] == SOURCES + 0x3000 && !words[1],
	   "%s: a read across two pages", name);
	ok(error_contains(kexec_image_read(&image, 0x4001ffc, words, 8), "0x4002000 is not in the kexec image"),
	   "%s: a read beyond its end", name);
}

static void refused(const struct form *form, const char *folder, const struct core_builder *core, const char *symbols,
		    const char *why)
{
	AUTO_KEXEC_IMAGE struct kexec_image image = { 0 };

	ok(error_contains(read_it(core, folder, symbols, &image), why), "%s: %s", form->arch->name, why);
}

static void test_refusals(const struct form *form, const char *folder)
{
	AUTO_CORE struct core_builder core = { 0 };
	AUTO_FREE char *symbols = symbols_of(form);

	begin(&core, form);
	refused(form, folder, &core, "0 T _stext\n", "CONFIG_KALLSYMS_ALL");
	refused(form, folder, &core, "0 D kexec_image\n", "kernel.kptr_restrict");
	put_word(&core, LIST, 0, (SOURCES + 0x3000) | SOURCE);
	refused(form, folder, &core, symbols, "a source without a destination");
	put_word(&core, LIST, 0, 0x4000000 | 0x20);
	refused(form, folder, &core, symbols, "an entry of an unknown kind");
	put_word(&core, LIST, 0, 0x4000000 | DESTINATION);
	put_word(&core, LIST + 0x1000, 0, 0x4001000 | DESTINATION);
	refused(form, folder, &core, symbols, "two pages for one place");
	put_word(&core, LIST + 0x1000, 0, LIST | INDIRECTION);
	put_word(&core, LIST, 0, (LIST + 0x1000) | INDIRECTION);
	refused(form, folder, &core, symbols, "it has no end");
	put_word(&core, LIST, 0, DONE);
	refused(form, folder, &core, symbols, "it is empty");
	put_word(&core, VARIABLE, 0, 0);
	refused(form, folder, &core, symbols, "nothing is loaded");
}

int main(void)
{
	const struct form forms[] = { { &arch_x86_64, 0xffff888000000000 }, { &arch_i386, 0xc0000000 } };
	char *folder = make_folder();

	for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
		test_list(&forms[i], folder);
		test_refusals(&forms[i], folder);
	}
	remove_folder(folder);
	return tap_done();
}
