/* SPDX-License-Identifier: GPL-2.0-only */
/* A section of a described machine, as mkmachine's makers get it. */
#ifndef KJ_TESTS_MKMACHINE_H
#define KJ_TESTS_MKMACHINE_H

#include <stddef.h>
#include <stdint.h>

struct lines {
	char **items;
	size_t count, capacity;
};

struct section {
	const char *folder;
	char *kind, *path;
	struct lines lines;
};

/* The line that refuse() names. */
void begin_line(const char *line);

/* Ends the program: why this line cannot be. */
__attribute__((noreturn)) void refuse(const char *why);

/* "-" is ELF_NO_ADDRESS; refuses what is no number, or missing. */
uint64_t number(const char *word);

/* Splits a line into at most `limit` words, the last takes the rest; returns how many. */
size_t split(char *line, char **words, size_t limit);

/* The path of a file below the folder, with all folders above it made; heap. */
char *make_way(const struct section *section, const char *below);

void write_bytes(const struct section *section, const char *below, const void *data, size_t size);

/* Makers: one for each kind of section; see mkmachine.c for their lines. */
void make_bzimage(struct section *section);
void make_elf(struct section *section);
void make_flat(struct section *section);
void make_uki(struct section *section);
void make_core(struct section *section);

#endif
