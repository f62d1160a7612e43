/* SPDX-License-Identifier: GPL-2.0-only */
/* What boot_image_init() makes of a file, for tests. */
#ifndef KJ_TESTS_IMAGE_CHECK_H
#define KJ_TESTS_IMAGE_CHECK_H

#include <stdbool.h>

#include "kexec/format/boot_image.h"
#include "tests/unit/image_builder.h"

void auto_image_deinit(struct boot_image *image);
#define AUTO_IMAGE __attribute__((cleanup(auto_image_deinit)))

/* A file "image" of these bytes in the folder, opened as this type; NULL is any. */
struct error *open_image(struct boot_image *image, const char *folder, struct bytes bytes, const char *type);

/* A kernel of these bytes is seen as this type. */
bool is_type(const char *folder, const struct buffer *buffer, const char *type, const char *wanted);

/* An error with this text, and the struct as it was. */
bool refused_bytes(const char *folder, struct bytes bytes, const char *type, const char *text);
bool refused(const char *folder, const struct buffer *buffer, const char *type, const char *text);

/* A program of one segment: 16 bytes for a page at 4 MiB. */
extern const struct elf_segment one_segment;
struct elf_spec elf_spec_of(bool is_64);

#endif
