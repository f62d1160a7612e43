/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Purgatory, gate and the way into real mode, as flat binaries in the loader. All are in every
 * build: which ones an image takes depends on the kernel, not on the width of
 * the loader's own code.
 */
#ifndef KJ_BLOBS_H
#define KJ_BLOBS_H

#include <stddef.h>
#include <stdint.h>

struct blob {
	const uint8_t *data;
	size_t size_bytes;        /* of data: the beginning of the blob's memory */
	size_t memory_size_bytes; /* whole pages; what follows data is stack and scratch memory of any content */
};

/* Parameters: include/purgatory_param.h */
extern const struct blob purgatory64_blob, purgatory32_blob;

/* Parameters: include/gate_param.h */
extern const struct blob gate64_blob, gate32_blob;

/* From 32-bit mode into real mode; where it lies: include/real_mode.h */
extern const struct blob real16_blob;

#endif
