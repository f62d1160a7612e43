/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small archive to go behind an initramfs, in the kernel's form "newc", not compressed.
 * Format: Documentation/driver-api/early-userspace/buffer-format.rst.
 */
#ifndef KJ_CPIO_ARCHIVE_H
#define KJ_CPIO_ARCHIVE_H

#include "lib/base/bytes.h"

/*
 * An archive of one file that root may read, /`folder`/`name`; the folder may be there already. Heap, its size
 * a multiple of four.
 */
uint8_t *cpio_archive_of(const char *folder, const char *name, struct bytes content, size_t *ret_size);

#endif
