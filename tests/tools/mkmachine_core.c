/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of a described machine: /proc/kcore, /proc/vmcore, saved kernels. */
#include <string.h>

#include "include/kjump_note.h"
#include "lib/base/alloc.h"
#include "tests/tools/mkmachine.h"
#include "tests/unit/core_builder.h"
#include "tests/unit/fixtures.h"

/* "START-LAST" becomes a span behind the note. */
static void put_span(struct buffer *spans, char *range)
{
	char *last = strchr(range, '-');

	if (!last)
		refuse("START-LAST is wanted");
	*last++ = '\0';
	put(spans, &(struct kjump_span){ number(range), number(last) + 1 }, sizeof(struct kjump_span));
}

/* "kjump FIELD=VALUE…": the note, with what is not given as zeros; window=START-LAST and memory= may be there several times. */
static void kjump_line(struct core_builder *core, char *fields)
{
	struct kjump_note note = { .version = KJUMP_NOTE_VERSION, .size_bytes = sizeof(note),
				   .elf_machine = core->arch->elf_machine,
				   .paging_levels = (uint32_t)core->paging_levels };
	AUTO_BUFFER struct buffer window = { 0 }, memory = { 0 }, desc = { 0 };
	char *words[2], *rest = fields;

	while (rest && split(rest, words, 2)) {
		char *value = strchr(words[0], '=');

		if (!value)
			refuse("FIELD=VALUE is wanted");
		*value++ = '\0';
		if (!strcmp(words[0], "jump_back_entry"))
			note.jump_back_entry = number(value);
		else if (!strcmp(words[0], "gdt"))
			note.gdt = number(value);
		else if (!strcmp(words[0], "version"))
			note.version = (uint32_t)number(value);
		else if (!strcmp(words[0], "elf_machine"))
			note.elf_machine = (uint32_t)number(value);
		else if (!strcmp(words[0], "paging_levels"))
			note.paging_levels = (uint32_t)number(value);
		else if (!strcmp(words[0], "free_pages"))
			note.free_pages = (uint32_t)number(value);
		else if (!strcmp(words[0], "window"))
			put_span(&window, value);
		else if (!strcmp(words[0], "memory"))
			put_span(&memory, value);
		else
			refuse("no such field of the note");
		rest = words[1];
	}
	note.window_span_count = (uint32_t)(window.size / sizeof(struct kjump_span));
	note.memory_span_count = (uint32_t)(memory.size / sizeof(struct kjump_span));
	put(&desc, &note, sizeof(note));
	put(&desc, window.data, window.size);
	put(&desc, memory.data, memory.size);
	core_note(core, KJUMP_NOTE_NAME, KJUMP_NOTE_TYPE, desc.data, desc.size);
}

/*
 * arch NAME, paging LEVELS      first, in this order
 * root PHYS, tables PHYS        the top-level page table, and where the ones below it go
 * info LINE                     of VMCOREINFO
 * kjump FIELD=VALUE…            the KJUMP note
 * load LINEAR PHYS SIZE [HELD]  a PT_LOAD; "-" is no address; HELD is what the file has of it
 * gdt PHYS CPU [early]          the GDT page of a CPU, live or an early copy
 * map LINEAR PHYS [large]       in the page tables
 * write PHYS VALUE              eight bytes of memory
 */
static void core_line(struct core_builder *core, struct buffer *vmcoreinfo, char *line)
{
	char *words[5], *info[2];
	AUTO_FREE char *copy = xstrdup(line);

	split(copy, info, 2);
	split(line, words, 5);
	if (!words[0] || !words[1])
		refuse("a word and its value are wanted");
	if (!strcmp(words[0], "arch"))
		core->arch = arch_by_name(words[1]);
	else if (!core->arch)
		refuse("the architecture comes first");
	else if (!strcmp(words[0], "paging"))
		core->paging_levels = (int)number(words[1]);
	else if (!strcmp(words[0], "root"))
		core->root_phys = number(words[1]);
	else if (!strcmp(words[0], "tables"))
		core->next_table = number(words[1]);
	else if (!strcmp(words[0], "kjump"))
		kjump_line(core, info[1]);
	else if (!strcmp(words[0], "load"))
		core_load_part(core, number(words[1]), number(words[2]), number(words[words[4] ? 4 : 3]), number(words[3]));
	else if (!strcmp(words[0], "gdt"))
		core_gdt(core, number(words[1]), (unsigned int)number(words[2]), !words[3]);
	else if (!strcmp(words[0], "map"))
		core_map(core, number(words[1]), number(words[2]), words[3] != NULL);
	else if (!strcmp(words[0], "write"))
		core_write(core, number(words[1]), &(uint64_t){ number(words[2]) }, sizeof(uint64_t));
	else if (!strcmp(words[0], "info")) {
		put(vmcoreinfo, info[1], strlen(info[1]));
		put(vmcoreinfo, "\n", 1);
	} else {
		refuse("no such line for a core");
	}
}

void make_core(struct section *section)
{
	AUTO_CORE struct core_builder core = { 0 };
	AUTO_BUFFER struct buffer vmcoreinfo = { 0 };
	AUTO_FREE char *path = make_way(section, NULL);

	for (size_t i = 0; i < section->lines.count; i++) {
		AUTO_FREE char *copy = xstrdup(section->lines.items[i]);

		begin_line(copy);
		core_line(&core, &vmcoreinfo, section->lines.items[i]);
	}
	if (!core.arch)
		refuse("a core needs its architecture");
	if (vmcoreinfo.size)
		core_note(&core, "VMCOREINFO", 0, vmcoreinfo.data, vmcoreinfo.size);
	core_write_file(&core, path);
}
