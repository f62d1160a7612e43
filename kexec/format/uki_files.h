/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A UKI for kexec_file_load(2), which takes none: its kernel and its initrds
 * as files in memory. The kernel in it keeps its own signature.
 */
#ifndef KJ_UKI_FILES_H
#define KJ_UKI_FILES_H

#include <stdbool.h>

#include "kexec/format/uki.h"
#include "lib/base/file.h"

struct uki_files {
	bool is_uki;                /* false: the path is no UKI, or a compressed one, and nothing else is set */
	struct mapped_file file;    /* owned */
	struct uki uki;             /* owned */
	int kernel_fd, initrd_fd;   /* owned; -1: none */
	char *kernel;               /* paths of the two; owned; NULL: none */
	char *initrd;
};

/* Errors: of opening the file, a UKI that is damaged, files in memory. Zero-initialise; deinit takes zeroed ones. */
struct error *uki_files_init(struct uki_files *files, const char *path);
void uki_files_deinit(struct uki_files *files);
#define AUTO_UKI_FILES __attribute__((cleanup(uki_files_deinit)))

#endif
