/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The block of parameters that a Linux kernel's entry code takes: the zero
 * page (Documentation/arch/x86/zero-page.rst), setup_data behind it, and the
 * command line, as one piece of memory.
 */
#ifndef KJ_BOOT_PARAMS_H
#define KJ_BOOT_PARAMS_H

#include "kexec/format/bzimage.h"
#include "lib/base/error.h"
#include "lib/machine/machine.h"
#include "lib/machine/memmap.h"
#include "lib/machine/screen.h"

/* Bytes of randomness that a kernel is started with (EFI's stub and the kernel's own loader pass as many). */
#define BOOT_PARAMS_SEED_BYTES 32

struct boot_params_input {
	const struct machine *machine;  /* screen, EFI, ACPI, EDD … are passed on from here */
	const struct bzimage *bzimage;  /* NULL for a vmlinux, which has no setup header */
	bool entry_64;
	const struct memmap *memmap;    /* the memory map that the kernel gets */
	struct span initrd;             /* empty: none */
	const char *cmdline;
	size_t cmdline_room_bytes;      /* of the buffer, NUL and room to append included */
	enum screen screen;
	bool no_efi;                    /* do not pass EFI data */
	struct bytes device_tree;       /* flattened; empty: none */
	const uint8_t *rng_seed;        /* BOOT_PARAMS_SEED_BYTES; NULL: none */
};

/* EFI can be passed on if the new kernel takes it from kexec and is as wide as the firmware. */
bool boot_params_pass_efi(const struct boot_params_input *input);

/* Bytes that boot_params_build makes; independent of addresses. */
size_t boot_params_size(const struct boot_params_input *input);

/*
 * Builds the block for the physical address `start`: heap memory of
 * boot_params_size() bytes. The zero page is at its beginning;
 * *ret_cmdline_offset is where the command line's buffer begins.
 */
uint8_t *boot_params_build(const struct boot_params_input *input, uint64_t start, size_t *ret_cmdline_offset);

#endif
