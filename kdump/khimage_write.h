/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes a kernel's memory as a khimage, in one pass and with little memory. */
#ifndef KJ_KHIMAGE_WRITE_H
#define KJ_KHIMAGE_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "include/khimage_format.h"
#include "kdump/core_source.h"
#include "kdump/selection.h"
#include "lib/base/error.h"

struct khimage_write {
	struct core_source *source;      /* borrowed, like all below */
	const struct selection *selection; /* what is written; none of it told as zeros */
	bool omit_zero;                  /* pages of zeros become runs without data */
	uint32_t compression;            /* KHIMAGE_NONE, ...; available in this build */
	uint8_t boot_id[KHIMAGE_BOOT_ID_BYTES]; /* of the kernel that is saved */
	uint64_t older_generation;       /* the highest of this boot's images elsewhere; this one's will be higher */
	int fd;                          /* readable and writable, a device or a file */
	const char *name;                /* of it, for messages */
	void (*progress)(void *context, uint64_t done, uint64_t total); /* bytes of memory; may be NULL */
	void *context;
};

/*
 * Writes it all: the superblocks say "writing" from the beginning on, and
 * "committed" when all else has been flushed. What was committed before is
 * gone with the first write. *ret_superblock is what was committed. After an
 * error the device holds no image, unless it came before the first write (what
 * was there is there), or with the last one (the first superblock says
 * "committed", and all is there). Errors: reading the source; writing, a full
 * disk among it; no number is left for it (before the first write).
 */
struct error *khimage_write_all(const struct khimage_write *job, struct khimage_superblock *ret_superblock);

/* The bytes that are needed on the device when nothing is packed and nothing is zero. Error: reading the source. */
struct error *khimage_write_size_limit(const struct khimage_write *job, uint64_t *ret_bytes);

#endif
