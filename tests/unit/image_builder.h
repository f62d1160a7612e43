/* SPDX-License-Identifier: GPL-2.0-only */
/* Images of the kinds that boot loaders other than Linux's know, made from a description: multiboot, PE. */
#ifndef KJ_TESTS_IMAGE_BUILDER_H
#define KJ_TESTS_IMAGE_BUILDER_H

#include "tests/unit/fixtures.h"

/*
 * Adds a version 1 header after `offset` zeros, with these flags and address fields (NULL: none), and zeros up to
 * `size` bytes in all.
 */
void build_multiboot1(struct buffer *buffer, size_t offset, uint32_t flags, const uint32_t addresses[5], size_t size);

/* One tag of a version 2 header. */
struct multiboot_tag {
	uint16_t type, flags;
	uint32_t words[5];
	size_t count;
};

void build_multiboot2(struct buffer *buffer, size_t offset, const struct multiboot_tag *tags, size_t count, size_t size);

/* A section of a PE file; what it has in the file is padded to 512 bytes. */
struct pe_section_spec {
	const char *name;
	struct bytes content;
	uint32_t virtual_size; /* 0: the content's */
};

void build_pe(struct buffer *buffer, uint16_t machine, const struct pe_section_spec *sections, size_t count);

#endif
