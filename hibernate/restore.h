/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts a saved kernel's memory back: all of the image's pages, and what free
 * pages that were not saved must contain.
 */
#ifndef KJ_RESTORE_H
#define KJ_RESTORE_H

#include <stdint.h>

#include "hibernate/physical_memory.h"
#include "hibernate/placement.h"
#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/jump_note.h"
#include "lib/khimage/saved_image.h"

struct restore {
	const struct saved_image *image; /* borrowed */
	const struct jump_note *note;    /* borrowed */
	/* Called again and again while content is read, by one thread; bytes of data. May be NULL. */
	void (*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
	/* Found by restore_check: */
	uint64_t data_bytes, zero_bytes;
	uint64_t free_bytes; /* memory of the note that the image does not hold: its kernel had it free */
	uint64_t extent_count;
};

/*
 * Walks through the image without reading what it contains. Errors: it holds
 * nothing; pieces out of order, or that are no memory of the kernel the note
 * speaks of; an index that is damaged or not whole.
 */
struct error *restore_check(struct restore *restore);

/* Reads all of the image, compares checksums, where it has them, and unpacks it. */
struct error *restore_check_content(const struct restore *restore);

/* The same without unpacking; of an ELF core, which has no checksums, nothing is read. Before restore_write. */
struct error *restore_check_digests(const struct restore *restore);

/* Error if any of it is memory that the running kernel uses (`in_use`). */
struct error *restore_check_free(const struct restore *restore, const struct span_set *in_use);

/*
 * Writes everything in one pass over the image, with a checksum compared once
 * more before what it is of is written, and what was written read back. Memory the
 * image does not hold is filled where its kernel counts on its content. An
 * error leaves the image as it was, and a part of the memory written.
 */
struct error *restore_write(const struct restore *restore, const struct physical_memory *memory);

/* Names all that the image holds to the placement, without reading its content. */
struct error *restore_want(const struct restore *restore, struct placement *placement);

/* As restore_write, to where the placement says; the one pass that reads the image's content. */
struct error *restore_place(const struct restore *restore, const struct placement *placement);

#endif
