/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes a kernel's memory as a khimage, in one pass and with little memory. */
#ifndef KJ_KHIMAGE_WRITE_H
#define KJ_KHIMAGE_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "include/khimage_format.h"
#include "include/khkey_format.h"
#include "kdump/core_source.h"
#include "kdump/selection.h"
#include "lib/base/error.h"
#include "lib/disk/storage.h"
#include "lib/machine/step_clock.h"

struct khimage_write {
	struct core_source *source;      /* borrowed, like all below */
	const struct selection *selection; /* the memory to write; has no pieces of zeros */
	bool omit_zero;                  /* pages of zeros become runs without data */
	uint32_t compression;            /* KHIMAGE_NONE, ...; available in this build */
	bool is_paced;                   /* packs only chunks for which the disk leaves time */
	uint8_t boot_id[KHIMAGE_BOOT_ID_BYTES]; /* of the kernel that is saved */
	uint64_t memory_digest;          /* of its note; 0: not known */
	const struct khkey_saving *key;  /* to encrypt for; NULL: it is plain */
	uint64_t older_generation;       /* the highest of this boot's snapshots on other disks */
	struct step_clock begun;         /* when the program began, for the superblock's times */
	const struct storage *storage;   /* readable and writable, a device or a file */
	const char *name;                /* of the device or file, for messages */
	/* Bytes of memory; an error ends the work. May be NULL. */
	struct error *(*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
};

/*
 * Writes the whole khimage: its state is "writing" from the beginning, and
 * "committed" after everything else was flushed. The first write invalidates
 * the previous snapshot. *ret_superblock is the committed one. After an error
 * the device has no snapshot, unless the error came before the first write (the
 * previous one is unchanged) or in the last write (the first superblock is
 * "committed", and the new one is complete). Errors: reading the source;
 * writing, also to a full disk; no higher number exists (before the first write).
 */
struct error *khimage_write_all(const struct khimage_write *job, struct khimage_superblock *ret_superblock);

#endif
