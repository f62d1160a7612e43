/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel for kexec_file_load(2), which takes a plain bzImage only: a UKI's kernel and initrds, and the content of a
 * compressed file, become files in memory. The kernel keeps its own signature.
 */
#ifndef KJ_FILE_LOAD_IMAGE_H
#define KJ_FILE_LOAD_IMAGE_H

#include <stdbool.h>

#include "kexec/format/uki.h"
#include "lib/base/file.h"

struct file_load_image {
	struct mapped_file file;    /* owned */
	uint8_t *unpacked;          /* owned: content of a compressed file, else NULL */
	uint8_t *unpacked_kernel;   /* owned: that of a compressed kernel in a UKI */
	bool is_uki;
	struct uki uki;             /* owned; zero if it is none */
	int kernel_fd, initrd_fd;   /* owned; -1: none */
	char *kernel;               /* owned: path of kernel_fd; NULL: the file is loaded as it is */
	char *initrd;               /* owned: path of initrd_fd; NULL: the file contains none */
	/* Of the bzImage that the kernel gets; 0 if it is none, which the kernel refuses. */
	uint32_t cmdline_size_bytes;
	uint64_t init_size_bytes;
};

/*
 * Errors: of opening the file, of unpacking it, a UKI that is damaged, files in memory. Zero-initialise; deinit takes
 * zeroed ones.
 */
struct error *file_load_image_init(struct file_load_image *image, const char *path);
void file_load_image_deinit(struct file_load_image *image);
#define AUTO_FILE_LOAD_IMAGE __attribute__((cleanup(file_load_image_deinit)))

#endif
