/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Restores a saved kernel's memory: writes all pages of the snapshot, and fills
 * free pages that were not saved if their content matters.
 */
#ifndef KJ_RESTORE_H
#define KJ_RESTORE_H

#include <stdint.h>

#include "hibernate/physical_memory.h"
#include "kexec/place/placement.h"
#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/jump_note.h"
#include "lib/khimage/snapshot.h"

struct restore {
	const struct snapshot *snapshot; /* borrowed */
	const struct jump_note *note;    /* borrowed */
	/* Called repeatedly while content is read, by one thread; bytes of data. An error ends the work. May be NULL. */
	struct error *(*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
	/* Found by restore_check: */
	uint64_t data_bytes, zero_bytes;
	uint64_t free_bytes; /* memory in the note but not in the snapshot: the kernel had it free */
	uint64_t extent_count;
};

/*
 * Checks the snapshot's index without reading its content. Errors: it is empty;
 * pieces are out of order, or are not in the memory of the note; the index is
 * damaged or incomplete.
 */
struct error *restore_check(struct restore *restore);

/* Reads the whole snapshot, compares its checksums, if it has them, and unpacks it. */
struct error *restore_check_content(const struct restore *restore);

/* The same without unpacking; of an ELF core, which has no checksums, nothing is read. Before restore_write. */
struct error *restore_check_digests(const struct restore *restore);

/* Error if the snapshot has memory that the running kernel uses (`in_use`). */
struct error *restore_check_free(const struct restore *restore, const struct span_set *in_use);

/*
 * Writes all memory in one pass over the snapshot. Compares each chunk's checksum
 * again before writing it, and reads back what was written. Fills memory that is
 * not in the snapshot if its kernel relies on the content. An error leaves the
 * snapshot unchanged, and a part of the memory written.
 */
struct error *restore_write(const struct restore *restore, const struct physical_memory *memory);

/* Adds all pages of the snapshot to the placement, without reading their content. */
struct error *restore_want(const struct restore *restore, struct placement *placement);

/*
 * Reads the snapshot's content, once, past the page cache, to the addresses of the placement, and compares all
 * checksums. The memory that it needs for that does not depend on the snapshot's size. An error leaves the snapshot and
 * the running kernel unchanged.
 */
struct error *restore_place(const struct restore *restore, const struct placement *placement);

#endif
