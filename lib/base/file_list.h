/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several files as one: each begins on a page of its own, after padding of
 * zeros. Kernels accept initial ramdisks in this form: they skip zeros between
 * two archives, and each must begin at a multiple of four bytes (init/initramfs.c,
 * unpack_to_rootfs; Documentation/driver-api/early-userspace/buffer-format.rst).
 */
#ifndef KJ_FILE_LIST_H
#define KJ_FILE_LIST_H

#include "lib/base/file.h"

/*
 * Maps the files one after the other, without a copy. Errors as of
 * mapped_file_init; *file is untouched then. At least one path.
 */
struct error *mapped_files_init(struct mapped_file *file, const char *what, const char *const *paths, size_t count);

/*
 * The same as one file for the kernel to read; the caller closes *ret_fd.
 * Several are joined in memory (memfd_create(2)). Errors as of open_file, and
 * of a kernel without memfd_create.
 */
struct error *open_files(const char *what, const char *const *paths, size_t count, int *ret_fd);

#endif
