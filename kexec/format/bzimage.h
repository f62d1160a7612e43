/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bzImage, the boot image of Linux (Documentation/arch/x86/boot.rst): the
 * setup header checked and brought into one struct, with the defaults that older
 * protocols imply.
 */
#ifndef KJ_BZIMAGE_H
#define KJ_BZIMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"

struct bzimage {
	uint16_t protocol;           /* 0x020f is 2.15 */
	struct bytes setup;          /* boot sector and setup code; the setup header is at BZIMAGE_HEADER_OFFSET */
	struct bytes setup_header;   /* from 0x1f1 to the end that byte 0x201 gives; goes into boot_params */
	struct bytes kernel;         /* the protected-mode part; empty in a loader that takes its program as initrd */
	bool loaded_high;            /* bzImage, not zImage */
	bool relocatable;
	bool has_entry_32;           /* a loader may enter its beginning: code32_start and syssize are not 0 */
	bool has_entry_64;           /* xloadflags XLF_KERNEL_64: entry at kernel + 0x200 */
	bool above_4g;               /* XLF_CAN_BE_LOADED_ABOVE_4G: kernel, boot_params, initrd too */
	bool entry_five_level;       /* XLF_5LEVEL: the 64-bit entry may be taken with five levels of page tables */
	bool five_level;             /* XLF_5LEVEL_ENABLED: it can use five levels itself */
	uint64_t kernel_alignment;   /* bytes, a power of two */
	uint64_t pref_address;       /* where it prefers to run; 0x100000 before protocol 2.10 */
	uint64_t init_size_bytes;    /* memory it needs from its runtime start on; at least kernel.size */
	uint32_t cmdline_size_bytes; /* longest command line, without the NUL; 255 before protocol 2.06 */
	uint64_t initrd_addr_max;    /* highest byte an initrd may use */
	char *version;               /* owned: kernel_version string, NULL if none */
};

#define BZIMAGE_HEADER_OFFSET 0x1f1

/* True if the bytes have the boot flag and "HdrS". */
bool bzimage_probe(struct bytes bytes);

/*
 * Parses and checks; borrows from `bytes`. Errors name the offset and the
 * numbers: cut off (in the boot sector, the header, the setup, the
 * protected-mode part against syssize), protocol older than 2.00, alignment
 * not a power of two, absurd init_size, a fixed address inside a page.
 */
struct error *bzimage_init(struct bzimage *image, struct bytes bytes);
void bzimage_deinit(struct bzimage *image);

#endif
