/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes a kernel's memory, or a part of it, as an ELF core in one pass. */
#ifndef KJ_CORE_WRITE_H
#define KJ_CORE_WRITE_H

#include "kdump/core_layout.h"
#include "kdump/core_source.h"
#include "kdump/selection.h"
#include "lib/base/error.h"

struct core_write {
	struct core_source *source; /* borrowed, like all below */
	const struct selection *selection;
	const struct core_layout *layout; /* of core_write_layout */
	int fd;                           /* written from its beginning; may be a pipe */
	const char *name;                 /* of the output, for messages */
	/* Bytes of memory; an error ends the work. May be NULL. */
	struct error *(*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
};

/* The layout of the selected memory. Error: reading the source's headers. */
struct error *core_write_layout(struct core_layout *layout, const struct selection *selection);

/* Writes headers, notes and memory, and flushes them. Errors: reading the source, writing (a full disk). */
struct error *core_write_all(const struct core_write *job);

#endif
