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
 *   elf        a program: "class 32|64", "type dyn", "entry ADDRESS", "load PHYS FILE-SIZE MEMORY-SIZE [ALIGN]",
 *              "note NAME TYPE"
 *              "multiboot VERSION [FIRST LAST ALIGN]": with such a header
 *   flat       a multiboot image without ELF headers: "at ADDRESS SIZE"
 *   uki        sections of a PE file: "NAME file PATH" (made before), "NAME text WORDS"
 *   filler     "size BYTES" of no meaning
 *
 * In all but text, empty lines and lines that begin with # are remarks.
 */
#include "tests/tools/mkmachine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "lib/core/elf_file.h"
#include "tests/unit/fixtures.h"

/* Where in the description it is, for messages; a tool of one run. */
static const char *current_line;

void begin_line(const char *line)
{
	current_line = line;
}

void refuse(const char *why)
{
	fprintf(stderr, "mkmachine: %s: \"%s\"\n", why, current_line);
	exit(2);
}

uint64_t number(const char *word)
{
	uint64_t value;

	if (word && !strcmp(word, "-"))
		return ELF_NO_ADDRESS;
	if (!word || !parse_number(word, &value))
		refuse("a number is missing");
	return value;
}

size_t split(char *line, char **words, size_t limit)
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

char *make_way(const struct section *section, const char *below)
{
	char *path = xasprintf("%s/%s%s%s", section->folder, section->path, below ? "/" : "", below ? below : "");

	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	return path;
}

void write_bytes(const struct section *section, const char *below, const void *data, size_t size)
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
		const char *cursor = section->lines.items[i];
		uint64_t start, end;

		begin_line(cursor);
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

		begin_line(section->lines.items[i]);
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
		begin_line(section->lines.items[i]);
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
		begin_line(section->lines.items[i]);
		if (split(section->lines.items[i], words, 2) != 2 || strcmp(words[0], "size"))
			refuse("size BYTES is wanted");
		put_random(&buffer, &random, (size_t)number(words[1]));
	}
	write_bytes(section, NULL, buffer.data, buffer.size);
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
	begin_line(section->kind);
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
		begin_line(line);
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
