/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory that kexec_file_load(2) takes; kexec_load(2) takes less, for a machine that has little. */
#ifndef KJ_FILE_LOAD_MEMORY_H
#define KJ_FILE_LOAD_MEMORY_H

#include "kexec/plan/sys.h"

/*
 * The most bytes that the kernel holds while it loads these files: it reads kernel and initrd into memory as they are,
 * and keeps that until everything is copied to the pages of the kexec image, where a bzImage takes `init_size_bytes`
 * (kernel/kexec_file.c, kimage_file_prepare_segments; arch/x86/kernel/kexec-bzimage64.c). A crash kernel's pages are
 * set aside already. kexec_load copies from the loader's mappings. A file that cannot be read counts as 0: the load
 * reports it.
 */
uint64_t file_load_memory(const struct file_load *load, uint64_t init_size_bytes);

/* Whether the machine below `root` has that much available, with some to spare; true if the kernel does not show it. */
bool file_load_memory_fits(const struct file_load *load, uint64_t init_size_bytes, const char *root);

#endif
