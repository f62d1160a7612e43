/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes a small archive to append to an initramfs, in the kernel's format "newc", not compressed.
 * Format: Documentation/driver-api/early-userspace/buffer-format.rst.
 */
#ifndef KJ_CPIO_ARCHIVE_H
#define KJ_CPIO_ARCHIVE_H

#include "lib/base/bytes.h"

/*
 * An archive of one file, readable by root, /`folder`/`name`; the folder may exist already. Heap; its size is a
 * multiple of four.
 */
uint8_t *cpio_archive_of(const char *folder, const char *name, struct bytes content, size_t *ret_size);

#endif
