/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel's loaded kexec image, read through /proc/kcore: the pages
 * that the next kexec -e swaps in, and where they belong. After a jump that
 * came back these pages hold the sleeping peer.
 *
 * The kernel's list (kernel/kexec_core.c, for_each_kimage_entry): struct kimage
 * begins with its first entry, `head`, and has `start` as its fourth word. An
 * entry is a physical address of a page with a flag.
 */
#ifndef KJ_KEXEC_IMAGE_H
#define KJ_KEXEC_IMAGE_H

#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/arch.h"
#include "lib/core/core_file.h"

struct kexec_page {
	uint64_t memory; /* physical address at which it belongs */
	uint64_t source; /* of the page where its content is now */
};

struct kexec_image {
	struct core_file kcore;
	const struct arch *arch;
	uint64_t start; /* physical: what the next kexec -e enters */
	struct kexec_page *pages; /* in order of `memory` */
	size_t count, capacity;
};

/*
 * Reads the list. Errors: nothing is loaded; the kernel does not show the list
 * (CONFIG_KALLSYMS_ALL, kernel.kptr_restrict, CONFIG_PROC_KCORE, lockdown), or one
 * that cannot be read.
 */
struct error *kexec_image_init(struct kexec_image *image, const char *root, const struct arch *arch);
void kexec_image_deinit(struct kexec_image *image);
#define AUTO_KEXEC_IMAGE __attribute__((cleanup(kexec_image_deinit)))

/* The content of a page of it. Error: it lies in memory that /proc/kcore does not show (i386 high memory). */
struct error *kexec_image_read_page(const struct kexec_image *image, const struct kexec_page *page, void *to);

/* Reads [phys, phys + size) as it will be after the jump. Error also: a part of it is not in the kexec image. */
struct error *kexec_image_read(const struct kexec_image *image, uint64_t phys, void *to, size_t size);

/* All memory that the kexec image takes after the jump; adds to *ret_set. */
void kexec_image_memory(const struct kexec_image *image, struct span_set *ret_set);

#endif
