/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes an ELF core of a saved image, which crash, gdb, drgn and makedumpfile read. */
#ifndef KJ_EXPORT_H
#define KJ_EXPORT_H

#include "lib/base/error.h"
#include "lib/khimage/saved_image.h"

/*
 * Writes `image` to `fd` from its beginning on; it need not be seekable.
 * `name` is for messages. Zero pages become parts of memory that the file does
 * not hold. Errors: the image is damaged; writing.
 */
struct error *export_elf(const struct saved_image *image, int fd, const char *name);

#endif
