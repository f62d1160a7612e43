/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: mkmachine DESCRIPTION FOLDER
 *
 * Makes the folder of a described machine for kexec --dry-run --root=FOLDER.
 * The description is one text: remarks, then sections, each from a line
 * "@@ KIND PATH" to the next. Paths are relative to FOLDER. Kinds:
 *
 *   text       the file as it stands here
 *   memmap     PATH/0/{start,end,type} and so on, from lines as in /proc/iomem
 *   efi-map    PATH/0/{type,phys_addr,…}: TYPE PHYS VIRT PAGES ATTRIBUTE
 *   fields     a binary file of zeros: "size BYTES", then OFFSET u8|u16|u32|u64|text VALUE
 *   core       /proc/kcore or /proc/vmcore, see core_line
 *   bzimage    a kernel that is all header: names of struct bzimage_spec, with a value
 *   elf        a program: "class 32|64", "entry ADDRESS", "load PHYS FILE-SIZE MEMORY-SIZE", "note NAME TYPE"
 *              "multiboot VERSION [FIRST LAST ALIGN]": with such a header
 *   flat       a multiboot image without ELF headers: "at ADDRESS SIZE"
 *   uki        sections of a PE file: "NAME file PATH" (made before), "NAME text WORDS"
 *   filler     "size BYTES" of no meaning
 *
 * In all but text, empty lines and lines that begin with # are remarks.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "include/kjump_note.h"
#include "kexec/format/multiboot_layout.h"
#include "kexec/format/pe.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "tests/unit/core_builder.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/image_builder.h"

struct lines {
	char **items;
	size_t count, capacity;
};

struct section {
	const char *folder;
	char *kind, *path;
	struct lines lines;
};

/* Where in the description it is, for messages; a tool of one run. */
static const char *current_line;

__attribute__((noreturn)) static void refuse(const char *why)
{
	fprintf(stderr, "mkmachine: %s: \"%s\"\n", why, current_line);
	exit(2);
}

static uint64_t number(const char *word)
{
	uint64_t value;

	if (word && !strcmp(word, "-"))
		return ELF_NO_ADDRESS;
	if (!word || !parse_number(word, &value))
		refuse("a number is missing");
	return value;
}

/* Splits a line into at most `limit` words, the last takes the rest; returns how many. */
static size_t split(char *line, char **words, size_t limit)
{
	size_t count = 0;
	char *at = line + strspn(line, " \t");

	while (*at && count < limit) {
		words[count++] = at;
		if (count == limit)
			break;
		at += strcspn(at, " \t");
		if (*at)
			*at++ = '\0';
		at += strspn(at, " \t");
	}
	for (size_t i = count; i < limit; i++)
		words[i] = NULL;
	return count;
}

/* The path of a file below the folder, with all folders above it made. */
static char *make_way(const struct section *section, const char *below)
{
	char *path = xasprintf("%s/%s%s%s", section->folder, section->path, below ? "/" : "", below ? below : "");

	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	return path;
}

static void write_bytes(const struct section *section, const char *below, const void *data, size_t size)
{
	AUTO_FREE char *path = make_way(section, below);
	FILE *file = fopen(path, "we");

	if (!file || (size && fwrite(data, 1, size, file) != size) || fclose(file)) {
		perror(path);
		exit(2);
	}
}

__attribute__((format(printf, 4, 5))) static void write_line(const struct section *section, size_t index,
							     const char *name, const char *format, ...)
{
	AUTO_FREE char *below = xasprintf("%zu/%s", index, name);
	va_list args;

	va_start(args, format);
	AUTO_FREE char *text = xvasprintf(format, args);
	va_end(args);
	write_bytes(section, below, text, strlen(text));
}

/* ---- text ---- */

static void make_text(struct section *section)
{
	AUTO_BUFFER struct buffer buffer = { 0 };

	for (size_t i = 0; i < section->lines.count; i++) {
		put(&buffer, section->lines.items[i], strlen(section->lines.items[i]));
		put(&buffer, "\n", 1);
	}
	write_bytes(section, NULL, buffer.data, buffer.size);
}

static void make_memmap(struct section *section)
{
	for (size_t i = 0; i < section->lines.count; i++) {
		const char *cursor = current_line = section->lines.items[i];
		uint64_t start, end;

		if (!parse_hex(&cursor, &start) || *cursor++ != '-' || !parse_hex(&cursor, &end) ||
		    strncmp(cursor, " : ", 3))
			refuse("START-END : TYPE is wanted");
		write_line(section, i, "start", "0x%" PRIx64 "\n", start);
		write_line(section, i, "end", "0x%" PRIx64 "\n", end);
		write_line(section, i, "type", "%s\n", cursor + 3);
	}
}

static void make_efi_map(struct section *section)
{
	static const char *const names[] = { "type", "phys_addr", "virt_addr", "num_pages", "attribute" };

	for (size_t i = 0; i < section->lines.count; i++) {
		char *words[ARRAY_COUNT(names)];

		current_line = section->lines.items[i];
		split(section->lines.items[i], words, ARRAY_COUNT(words));
		for (size_t field = 0; field < ARRAY_COUNT(names); field++)
			write_line(section, i, names[field], "0x%" PRIx64 "\n", number(words[field]));
	}
}

/* ---- binary files ---- */

static void field_line(struct buffer *buffer, char *line)
{
	static const struct {
		const char *name;
		size_t size;
	} types[] = { { "u8", 1 }, { "u16", 2 }, { "u32", 4 }, { "u64", 8 } };
	char *words[3];

	if (split(line, words, 3) == 2 && !strcmp(words[0], "size")) {
		put_zeros(buffer, (size_t)number(words[1]));
		return;
	}
	size_t offset = (size_t)number(words[0]);

	if (!words[1] || !words[2])
		refuse("OFFSET TYPE VALUE is wanted");
	for (size_t i = 0; i < ARRAY_COUNT(types); i++)
		if (!strcmp(words[1], types[i].name)) {
			poke(buffer, offset, number(words[2]), types[i].size);
			return;
		}
	if (strcmp(words[1], "text"))
		refuse("no such type");
	for (size_t i = 0; words[2][i]; i++)
		poke(buffer, offset + i, (uint8_t)words[2][i], 1);
}

static void make_fields(struct section *section)
{
	AUTO_BUFFER struct buffer buffer = { 0 };

	for (size_t i = 0; i < section->lines.count; i++) {
		current_line = section->lines.items[i];
		field_line(&buffer, section->lines.items[i]);
	}
	write_bytes(section, NULL, buffer.data, buffer.size);
}

static void make_filler(struct section *section)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct random random = { 1 };
	char *words[2];

	for (size_t i = 0; i < section->lines.count; i++) {
		current_line = section->lines.items[i];
		if (split(section->lines.items[i], words, 2) != 2 || strcmp(words[0], "size"))
			refuse("size BYTES is wanted");
		put_random(&buffer, &random, (size_t)number(words[1]));
	}
	write_bytes(section, NULL, buffer.data, buffer.size);
}

/* ---- kernels and programs ---- */

#define SPEC_FIELD(name) { #name, offsetof(struct bzimage_spec, name), sizeof(modern_bzimage.name) }

static void bzimage_line(struct bzimage_spec *spec, char *line)
{
	static const struct {
		const char *name;
		size_t offset, size;
	} fields[] = { SPEC_FIELD(protocol), SPEC_FIELD(kernel_bytes), SPEC_FIELD(syssize),
		       SPEC_FIELD(loadflags), SPEC_FIELD(relocatable), SPEC_FIELD(alignment),
		       SPEC_FIELD(xloadflags), SPEC_FIELD(cmdline_size), SPEC_FIELD(initrd_addr_max),
		       SPEC_FIELD(payload_offset), SPEC_FIELD(payload_length), SPEC_FIELD(pref_address),
		       SPEC_FIELD(init_size) };
	char *words[2];

	split(line, words, 2);
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
		if (!words[0] || strcmp(words[0], fields[i].name))
			continue;
		uint64_t value = number(words[1]);

		memcpy((uint8_t *)spec + fields[i].offset, &value, fields[i].size);
		return;
	}
	refuse("no such field of a bzImage");
}

static void make_bzimage(struct section *section)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct bzimage_spec spec = modern_bzimage;

	for (size_t i = 0; i < section->lines.count; i++) {
		current_line = section->lines.items[i];
		bzimage_line(&spec, section->lines.items[i]);
	}
	build_bzimage(&buffer, &spec);
	write_bytes(section, NULL, buffer.data, buffer.size);
}

/* Offsets count from the end of the headers until there are as many segments as there will be. */
static void elf_line(struct elf_spec *spec, struct elf_segment *segments, struct buffer *content, char *line)
{
	struct elf_segment *segment = &segments[spec->segment_count];
	char *words[4];
	size_t count = split(line, words, 4);

	if (count == 2 && !strcmp(words[0], "class")) {
		spec->is_64 = number(words[1]) == 64;
		spec->machine = spec->is_64 ? EM_X86_64 : EM_386;
	} else if (count == 2 && !strcmp(words[0], "entry")) {
		spec->entry = number(words[1]);
	} else if (count == 4 && !strcmp(words[0], "load")) {
		uint64_t phys = number(words[1]);

		*segment = (struct elf_segment){ .type = PT_LOAD, .flags = PF_R | PF_W | PF_X, .vaddr = phys,
						 .paddr = phys, .file_offset = content->size,
						 .file_size = number(words[2]), .memory_size = number(words[3]) };
		put_zeros(content, (size_t)segment->file_size);
		memset(content->data + segment->file_offset, 0xcc, (size_t)segment->file_size);
		spec->segment_count++;
	} else if (count == 3 && !strcmp(words[0], "note")) {
		struct core_builder notes = { 0 };

		core_note(&notes, words[1], (uint32_t)number(words[2]), NULL, 0);
		*segment = (struct elf_segment){ .type = PT_NOTE, .file_offset = content->size,
						 .file_size = notes.notes.size };
		put(content, notes.notes.data, notes.notes.size);
		core_deinit(&notes);
		spec->segment_count++;
	} else {
		refuse("no such line for an ELF file");
	}
}

/*
 * "multiboot VERSION" of an ELF file, with "FIRST LAST ALIGN" one that may be moved: writes the header over the
 * beginning of the content, at `offset`.
 */
static void multiboot_line(struct buffer *elf, size_t offset, char *line)
{
	AUTO_BUFFER struct buffer header = { 0 };
	struct multiboot_tag movable = { MB2_HEADER_RELOCATABLE, 0, { 0 }, 4 };
	char *words[5];
	size_t count = split(line, words, 5);

	for (size_t i = 2; i < count; i++)
		movable.words[i - 2] = (uint32_t)number(words[i]);
	if (count >= 2 && number(words[1]) == 2)
		build_multiboot2(&header, 0, &movable, count > 2, 0);
	else
		build_multiboot1(&header, 0, MB1_HEADER_MEMORY | MB1_HEADER_VIDEO, NULL, 0);
	memcpy(elf->data + (offset + 7) / 8 * 8, header.data, header.size);
}

static bool is_multiboot_line(const char *line)
{
	return !strncmp(line, "multiboot ", 10);
}

static void make_elf(struct section *section)
{
	AUTO_BUFFER struct buffer buffer = { 0 }, content = { 0 };
	struct elf_segment *segments = xcalloc(section->lines.count + 1, sizeof(*segments));
	struct elf_spec spec = { .type = ET_EXEC, .segments = segments };

	for (size_t i = 0; i < section->lines.count; i++) {
		current_line = section->lines.items[i];
		if (!is_multiboot_line(current_line))
			elf_line(&spec, segments, &content, section->lines.items[i]);
	}
	size_t headers = spec.is_64 ? sizeof(Elf64_Ehdr) + spec.segment_count * sizeof(Elf64_Phdr) :
				      sizeof(Elf32_Ehdr) + spec.segment_count * sizeof(Elf32_Phdr);

	for (size_t i = 0; i < spec.segment_count; i++)
		segments[i].file_offset += headers;
	build_elf(&buffer, &spec);
	put(&buffer, content.data, content.size);
	for (size_t i = 0; i < section->lines.count; i++)
		if (is_multiboot_line(section->lines.items[i]))
			multiboot_line(&buffer, headers, section->lines.items[i]);
	write_bytes(section, NULL, buffer.data, buffer.size);
	free(segments);
}

/* "at ADDRESS SIZE": a multiboot image without ELF headers, of a page and SIZE bytes of memory. */
static void make_flat(struct section *section)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	char *words[3];

	current_line = section->lines.count ? section->lines.items[0] : section->kind;
	if (!section->lines.count || split(section->lines.items[0], words, 3) != 3)
		refuse("at ADDRESS SIZE is wanted");

	uint32_t start = (uint32_t)number(words[1]);
	const uint32_t addresses[5] = { start, start, start + 0x1000, start + (uint32_t)number(words[2]), start + 0x20 };

	build_multiboot1(&buffer, 0, MB1_HEADER_ADDRESSES, addresses, 0x1000);
	write_bytes(section, NULL, buffer.data, buffer.size);
}

/* "SECTION file PATH" (made before) or "SECTION text WORDS". */
static void make_uki(struct section *section)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	size_t count = section->lines.count;
	struct pe_section_spec *sections = xcalloc(count + 1, sizeof(*sections));
	char **contents = xcalloc(count + 1, sizeof(*contents)), *words[3];

	for (size_t i = 0; i < count; i++) {
		current_line = section->lines.items[i];
		if (split(section->lines.items[i], words, 2) != 2 || split(words[1], words + 1, 2) != 2)
			refuse("SECTION file|text CONTENT is wanted");
		sections[i].name = words[0];
		if (!strcmp(words[1], "text")) {
			contents[i] = xstrdup(words[2]);
			sections[i].content.size = strlen(words[2]);
		} else {
			error_free(read_small_file(section->folder, words[2], &contents[i], &sections[i].content.size));
		}
		sections[i].content.data = (const uint8_t *)contents[i];
	}
	build_pe(&buffer, PE_MACHINE_X86_64, sections, count);
	write_bytes(section, NULL, buffer.data, buffer.size);
	for (size_t i = 0; i < count; i++)
		free(contents[i]);
	free(contents);
	free(sections);
}

/* ---- memory ---- */

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

static void make_core(struct section *section)
{
	AUTO_CORE struct core_builder core = { 0 };
	AUTO_BUFFER struct buffer vmcoreinfo = { 0 };
	AUTO_FREE char *path = make_way(section, NULL);

	for (size_t i = 0; i < section->lines.count; i++) {
		AUTO_FREE char *copy = xstrdup(section->lines.items[i]);

		current_line = copy;
		core_line(&core, &vmcoreinfo, section->lines.items[i]);
	}
	if (!core.arch)
		refuse("a core needs its architecture");
	if (vmcoreinfo.size)
		core_note(&core, "VMCOREINFO", 0, vmcoreinfo.data, vmcoreinfo.size);
	core_write_file(&core, path);
}

/* ---- the description ---- */

static void make(struct section *section)
{
	static const struct {
		const char *kind;
		void (*make)(struct section *section);
	} kinds[] = { { "text", make_text }, { "memmap", make_memmap }, { "efi-map", make_efi_map },
		      { "fields", make_fields }, { "core", make_core }, { "bzimage", make_bzimage },
		      { "elf", make_elf }, { "filler", make_filler }, { "flat", make_flat },
		      { "uki", make_uki } };

	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
		if (!strcmp(section->kind, kinds[i].kind)) {
			kinds[i].make(section);
			return;
		}
	current_line = section->kind;
	refuse("no such kind of section");
}

static void finish(struct section *section)
{
	if (section->kind)
		make(section);
	for (size_t i = 0; i < section->lines.count; i++)
		free(section->lines.items[i]);
	free(section->lines.items);
	free(section->kind);
	free(section->path);
	*section = (struct section){ .folder = section->folder };
}

static void take_line(struct section *section, char *line)
{
	struct lines *lines = &section->lines;

	line[strcspn(line, "\n")] = '\0';
	if (!strncmp(line, "@@ ", 3)) {
		char *words[2];

		finish(section);
		current_line = line;
		if (split(line + 3, words, 2) != 2)
			refuse("@@ KIND PATH is wanted");
		section->kind = xstrdup(words[0]);
		section->path = xstrdup(words[1]);
		return;
	}
	if (!section->kind || (strcmp(section->kind, "text") && (!*line || *line == '#')))
		return;
	lines->items = xgrow(lines->items, &lines->capacity, lines->count + 1, sizeof(*lines->items));
	lines->items[lines->count++] = xstrdup(line);
}

int main(int argc, char **argv)
{
	struct section section = { .folder = argc == 3 ? argv[2] : NULL };
	FILE *file = argc == 3 ? fopen(argv[1], "re") : NULL;
	char *line = NULL;
	size_t capacity = 0;

	if (!file) {
		fprintf(stderr, "usage: mkmachine DESCRIPTION FOLDER\n");
		return 2;
	}
	while (getline(&line, &capacity, file) >= 0)
		take_line(&section, line);
	finish(&section);
	free(line);
	return fclose(file) ? 2 : 0;
}
