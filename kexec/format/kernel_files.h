/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel for kexec_file_load(2), which takes a bzImage as it is and nothing around it: a UKI's kernel and initrds,
 * and what is compressed, as files in memory. The kernel in it keeps its own signature.
 */
#ifndef KJ_KERNEL_FILES_H
#define KJ_KERNEL_FILES_H

#include <stdbool.h>

#include "kexec/format/uki.h"
#include "lib/base/file.h"

struct kernel_files {
	struct mapped_file file;    /* owned */
	uint8_t *unpacked;          /* owned: content of a compressed file, else NULL */
	uint8_t *unpacked_kernel;   /* owned: that of a compressed kernel in a UKI */
	bool is_uki;
	struct uki uki;             /* owned; zero if it is none */
	int kernel_fd, initrd_fd;   /* owned; -1: none */
	char *kernel;               /* paths of the two; owned; NULL: the path itself will do; there is no initrd */
	char *initrd;
};

/*
 * Errors: of opening the file, of unpacking it, a UKI that is damaged, files in memory. Zero-initialise; deinit takes
 * zeroed ones.
 */
struct error *kernel_files_init(struct kernel_files *files, const char *path);
void kernel_files_deinit(struct kernel_files *files);
#define AUTO_KERNEL_FILES __attribute__((cleanup(kernel_files_deinit)))

#endif
