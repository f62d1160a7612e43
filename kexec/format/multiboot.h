/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The header of an image that is started by the multiboot
 * protocol, version 1 or 2 (Multiboot Specification 0.6.96, 3.1,
 * and Multiboot2 Specification 2.0, 3.1), checked into one struct.
 */
#ifndef KJ_MULTIBOOT_H
#define KJ_MULTIBOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"

/* %eax at the image's entry; %ebx points to the information. */
#define MULTIBOOT1_BOOT_MAGIC 0x2badb002
#define MULTIBOOT2_BOOT_MAGIC 0x36d76289

struct multiboot {
	int version; /* 1 or 2 */

	/* Where a part of the file is loaded to, in place of ELF headers. */
	bool has_addresses;
	uint64_t file_offset, file_size; /* within the file */
	uint64_t load_address, memory_size;

	bool has_entry;
	uint32_t entry; /* physical; without it the ELF entry is used */

	/* May be moved as a whole (version 2). */
	bool relocatable;
	uint32_t min_address, max_address; /* of its first and last byte */
	uint32_t align;                    /* bytes, a power of two */
	bool prefers_high;

	bool requests_framebuffer;
};

/* True if there is a header of this version; multiboot_init may still refuse it. */
bool multiboot_probe(struct bytes bytes, int version);

/*
 * Parses the header of this version. Errors: none there, cut off, addresses
 * outside the file or 32 bits, a feature that the image requires and that is
 * not provided (named by its bit or tag number).
 */
struct error *multiboot_init(struct multiboot *multiboot, struct bytes bytes, int version);

#endif
