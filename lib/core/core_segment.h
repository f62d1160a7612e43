/* SPDX-License-Identifier: GPL-2.0-only */
/* A core's parts: the bytes of its file, and the memory of one segment (core_file.h opens it). */
#ifndef KJ_CORE_SEGMENT_H
#define KJ_CORE_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/extents.h"
#include "lib/base/span.h"
#include "lib/core/elf_file.h"

struct core_file;

/* A table of segments in the file: an ELF file's program headers, or that of another form of snapshots. */
struct core_table {
	uint64_t offset;
	size_t entry_bytes;
	/* Parses an entry each time it is read: the file may have changed. */
	struct error *(*parse)(const struct core_file *core, const uint8_t *raw, size_t number,
			       struct elf_segment *ret_segment);
	const uint8_t *in_memory; /* borrowed, the whole table; NULL: it is in the file */
};

/* Bounds, physical and linear, of the addresses of some neighbouring segments; the last included. */
struct core_block {
	uint64_t phys, phys_last;
	uint64_t linear, linear_last;
};

/* The result of one pass over all segments. */
struct core_survey {
	struct elf_segment text; /* the first of the kernel text; PT_NULL: there is none */
	size_t direct_count;     /* those of the direct map */
	uint64_t direct_end;     /* of the highest of them */
	bool has_absent;         /* some list memory without content in the file */
	uint32_t *order;         /* their numbers in order of address; NULL: as they are in the file. Owned */
	struct core_block *blocks; /* bounds of many segments, to find an address. Owned */
	size_t block_capacity;
};

struct core_file {
	char *path;
	int fd;
	struct extents extents; /* the parts of fd that are the file; none: all of it. Owned */
	bool is_memory; /* mapped, not read */
	uint64_t file_size_bytes; /* UINT64_MAX: not known */
	struct elf_file elf; /* with its segments if they are few; core_segments.h iterates in either case */
	struct core_table table;
	struct core_survey survey;
	char *notes; /* content of the PT_NOTEs, one after the other */
	size_t notes_size;
	char *vmcoreinfo; /* text of the VMCOREINFO note, "" if there is none */
};

/* Reads `size` bytes of the file from `offset` on. */
struct error *core_file_read(const struct core_file *core, uint64_t offset, void *to, size_t size);

/* Reads up to `size` bytes of the file, fewer at its end or on an error; returns how many. */
size_t core_file_read_some(const struct core_file *core, uint8_t *to, size_t size, uint64_t offset);

/* Whether a segment's memory has a physical address: a PT_LOAD, and not vmalloc memory. */
bool core_segment_has_phys(const struct core_file *core, const struct elf_segment *segment);

/* Whether a segment has a linear address. */
bool core_segment_has_linear(const struct core_file *core, const struct elf_segment *segment);

/* Whether a PT_LOAD is the kernel text's (x86_64). */
bool core_segment_is_text(const struct core_file *core, const struct elf_segment *segment);

/* Whether a PT_LOAD belongs to the direct map: has a physical address, and is not the kernel text. */
bool core_segment_is_direct(const struct core_file *core, const struct elf_segment *segment);

/* The memory that a segment lists; the part with content in the file; the whole pages after that, without content. */
struct span core_segment_shown(const struct elf_segment *segment);
struct span core_segment_held(const struct elf_segment *segment);
struct span core_segment_absent(const struct elf_segment *segment);

/* Refuses a segment that begins or ends within a page: snapshots consist of whole pages. */
struct error *core_segment_check_pages(const struct core_file *core, const struct elf_segment *segment);

#endif
