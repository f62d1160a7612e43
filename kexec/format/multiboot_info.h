/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The information that a multiboot image gets: one block of memory below 4 GiB
 * with the command line, modules, the memory map and the screen (Multiboot
 * Specification 0.6.96, 3.3; Multiboot2 Specification 2.0, 3.4 and 3.6).
 */
#ifndef KJ_MULTIBOOT_INFO_H
#define KJ_MULTIBOOT_INFO_H

#include "kexec/format/multiboot.h"
#include "lib/base/bytes.h"
#include "lib/base/span.h"
#include "lib/machine/memmap.h"

struct multiboot_module {
	const char *text;   /* its file's path and its arguments, as given; borrowed */
	struct span memory; /* of its content, not rounded to pages */
};

/* A screen that is set up; `type` 0: unknown. */
struct multiboot_screen {
	uint8_t type; /* MB_FRAMEBUFFER_… (multiboot_layout.h) */
	uint64_t address;
	uint32_t pitch; /* bytes a line */
	uint32_t width, height; /* pixels; of text: characters */
	uint8_t bits_per_pixel;
	/* position and size in bits of red, green, blue */
	uint8_t colors[6];
};

struct multiboot_info_input {
	int version;
	const char *cmdline; /* begins with the image's path, as every multiboot loader passes it */
	const struct memmap *memmap;
	const struct multiboot_module *modules;
	size_t module_count;
	struct bytes rsdp;  /* a copy of ACPI's root pointer, 20 or 36 bytes; empty: unknown (version 2) */
	bool relocatable;   /* pass load_base, where the image was put (version 2) */
	uint32_t load_base;
	struct multiboot_screen screen;
};

/* The screen that struct screen_info (include/uapi/linux/screen_info.h, 0x40 bytes) describes. */
struct multiboot_screen multiboot_screen_of(const uint8_t *screen_info);

/* Builds the block for the physical address `start`: heap memory. *ret_size does not depend on `start`. */
uint8_t *multiboot_info_build(const struct multiboot_info_input *input, uint32_t start, size_t *ret_size);

#endif
