/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes a kernel's memory, or a part of it, as an ELF core in one pass. */
#ifndef KJ_CORE_WRITE_H
#define KJ_CORE_WRITE_H

#include "core_file.h"
#include "error.h"
#include "span.h"

struct core_write {
	const struct core_file *source;  /* borrowed */
	const struct span_set *memory;   /* what is written: whole pages that the source holds */
	int fd;                          /* written from its current position on; need not be seekable */
	const char *name;                /* of the output, for messages */
	void (*progress)(void *context, uint64_t written, uint64_t total); /* may be NULL */
	void *context;
};

/* All memory that `core` holds by physical address, the kernel text's second view left out. Adds to *ret_memory. */
void core_memory(const struct core_file *core, struct span_set *ret_memory);

/* The size of the file that core_write_all makes, bytes. */
uint64_t core_write_size(const struct core_write *job);

/* Writes headers, notes and memory. Errors: reading the source, writing (disk full: how much was missing). */
struct error *core_write_all(const struct core_write *job);

#endif
