/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kind of file a kernel or program is. The formats are an ordered table,
 * each with a probe without side effects and a parser; a compressed file is
 * an image inside an image.
 */
#ifndef KJ_IMAGE_H
#define KJ_IMAGE_H

#include "bytes.h"
#include "bzimage.h"
#include "elf_file.h"
#include "error.h"
#include "file.h"

enum image_kind { IMAGE_BZIMAGE, IMAGE_ELF };

struct image {
	enum image_kind kind;
	const char *type_name;   /* as -t spells it: "bzImage64", "bzImage", "elf-x86_64", "elf-x86" */
	struct mapped_file file; /* owned */
	uint8_t *unpacked;       /* owned: content of a compressed file, else NULL */
	struct bytes bytes;      /* the image itself: borrows from the two above */
	struct bzimage bzimage;  /* by kind */
	struct elf_file elf;
};

/*
 * Maps `path`, unpacks it if compressed (to at most 1 GiB, at most four times
 * over; a bzImage counts as uncompressed, whatever it begins with), and parses
 * it. *image, which need not be initialised, is written on success only. `type` is the -t
 * argument, NULL to find out. Errors: those of mapped_file_init, unpacking,
 * the format's parser; "not a kernel image" lists what was looked for;
 * an unknown -t lists the known ones; a -t that does not fit says what the
 * file is.
 */
struct error *image_init(struct image *image, const char *path, const char *type);
void image_deinit(struct image *image);

/* The -t names with a line of description each, for --help: NULL-terminated pairs. */
extern const char *const image_type_help[][2];

#endif
