/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes a kernel's memory, or a part of it, as an ELF core in one pass. */
#ifndef KJ_CORE_WRITE_H
#define KJ_CORE_WRITE_H

#include "core_layout.h"
#include "core_source.h"
#include "error.h"
#include "span.h"

struct core_write {
	struct core_source *source;      /* borrowed, like all below */
	const struct core_layout *layout;
	int fd;                          /* written from its beginning on; need not be seekable */
	const char *name;                /* of the output, for messages */
	void (*progress)(void *context, uint64_t done, uint64_t total); /* bytes of memory; may be NULL */
	void *context;
};

/* Writes headers, notes and memory, and flushes them. Errors: reading the source, writing (a full disk). */
struct error *core_write_all(const struct core_write *job);

/* Moves the pages of *memory that contain nothing but zeros to *ret_zero, by reading all of it. */
struct error *core_find_zeros(struct core_source *source, struct span_set *memory, struct span_set *ret_zero);

#endif
