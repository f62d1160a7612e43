/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The section table of a PE file, which every EFI program is (Microsoft's
 * "PE Format": COFF file header, section table), checked into one struct.
 */
#ifndef KJ_PE_H
#define KJ_PE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"

/* IMAGE_FILE_MACHINE_… */
#define PE_MACHINE_I386 0x014c
#define PE_MACHINE_X86_64 0x8664

#define PE_SECTION_NAME_MAX 8

struct pe_section {
	char name[PE_SECTION_NAME_MAX + 1];
	struct bytes content; /* its bytes in the file, without padding; borrowed */
};

struct pe_file {
	uint16_t machine;
	struct pe_section *sections; /* owned; in the order of the file */
	size_t section_count;
};

/* True if the bytes begin like a PE file, and its header is there. */
bool pe_probe(struct bytes bytes);

/* True if it is a PE file with a section of this name; the content may be missing. */
bool pe_has_section(struct bytes bytes, const char *name);

/* Parses and checks; borrows from `bytes`. Errors: no PE file, cut off in its headers or in a section. */
struct error *pe_init(struct pe_file *pe, struct bytes bytes);
void pe_deinit(struct pe_file *pe);
#define AUTO_PE_FILE __attribute__((cleanup(pe_deinit)))

#endif
