/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A boot image: the file of a kernel or program to start. The formats are an
 * ordered table, each with a probe without side effects and a parser; a
 * compressed file is unpacked first.
 */
#ifndef KJ_BOOT_IMAGE_H
#define KJ_BOOT_IMAGE_H

#include "kexec/format/bzimage.h"
#include "kexec/format/multiboot.h"
#include "kexec/format/uki.h"
#include "lib/base/bytes.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/core/elf_file.h"

enum boot_image_kind { IMAGE_BZIMAGE, IMAGE_ELF, IMAGE_MULTIBOOT };

struct boot_image {
	enum boot_image_kind kind;
	const char *type_name;   /* as -t spells it: "bzImage64", "bzImage", "elf-x86_64", …; of a UKI's kernel */
	struct mapped_file file; /* owned */
	uint8_t *unpacked;       /* owned: content of a compressed file, else NULL */
	bool is_uki;             /* the boot image is the kernel in `uki` */
	struct uki uki;
	uint8_t *unpacked_uki;   /* owned: content of a compressed UKI, else NULL */
	struct bytes bytes;      /* the boot image itself: borrows from those above */
	struct bzimage bzimage;  /* by kind */
	struct elf_file elf;     /* of a multiboot image without ELF headers: one segment, from its header */
	struct multiboot multiboot;
};

/*
 * Maps `path`, unpacks it if compressed (to at most 1 GiB, at most four times
 * over; a bzImage counts as uncompressed, whatever its first bytes), and parses
 * it. *image, which need not be initialised, is written on success only. `type` is the -t
 * argument, NULL to detect it. Errors: those of mapped_file_init, unpacking,
 * the format's parser; "not a kernel image" lists what was looked for;
 * an unknown -t lists the known ones; a -t that does not fit names the
 * type of the file.
 */
struct error *boot_image_init(struct boot_image *image, const char *path, const char *type);

/*
 * Unpacks *bytes until they are a bzImage, or not compressed. They then lie in
 * heap memory that replaces *unpacked (NULL at first); the caller frees it,
 * after an error, too.
 */
struct error *boot_image_unpack(struct bytes *bytes, uint8_t **unpacked);

void boot_image_deinit(struct boot_image *image);

/* The -t names with a line of description each, for --help: NULL-terminated pairs. */
extern const char *const boot_image_type_help[][2];

/* Whether the ELF file has this note in a PT_NOTE, and its content, borrowed from the file. */
bool boot_image_find_note(const struct boot_image *image, const char *name, uint32_t type, struct bytes *ret_desc);

#endif
