/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Purgatory, the gate and the entry into real mode, as flat binaries in the loader. Every build contains
 * all of them: the kernel to load decides which ones are used, not the width of the loader's own code.
 */
#ifndef KJ_BLOBS_H
#define KJ_BLOBS_H

#include <stddef.h>
#include <stdint.h>

struct blob {
	const uint8_t *data;
	size_t size_bytes;        /* of `data`, which goes to the start of the blob's memory */
	size_t memory_size_bytes; /* whole pages; after `data`: stack and scratch memory of any content */
};

/* Parameters: include/purgatory_param.h */
extern const struct blob purgatory64_blob, purgatory32_blob;

/* Parameters: include/gate_param.h */
extern const struct blob gate64_blob, gate32_blob;

/* Parameters: include/place_param.h */
extern const struct blob place64_blob, place32_blob;

/* From 32-bit mode into real mode; its place: include/real_mode.h */
extern const struct blob real16_blob;

#endif
