/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of a kernel as an ELF core file: /proc/kcore (this kernel),
 * /proc/vmcore (the kernel before, or the one that jumped here), or a saved
 * image. PT_LOADs tell how physical and linear addresses go together.
 */
#ifndef KJ_CORE_FILE_H
#define KJ_CORE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/elf_file.h"

struct core_file;

/* A table of segments in the file: an ELF file's program headers, or what another form of images has. */
struct core_table {
	uint64_t offset;
	size_t entry_bytes;
	/* Each time it is read: the file may have changed. */
	struct error *(*parse)(const struct core_file *core, const uint8_t *raw, size_t number,
			       struct elf_segment *ret_segment);
};

/* The addresses, physical and linear, between which those of some neighbouring segments lie; the last included. */
struct core_block {
	uint64_t phys, phys_last;
	uint64_t linear, linear_last;
};

/* What a look at all segments showed. */
struct core_survey {
	struct elf_segment text; /* the first of the kernel text; PT_NULL: there is none */
	size_t direct_count;     /* those of the direct map */
	uint64_t direct_end;     /* of the highest of them */
	bool has_absent;         /* the file does not hold all they show */
	uint32_t *order;         /* their numbers in order of address; NULL: as they are in the file. Owned */
	struct core_block *blocks; /* of many segments: where to look for an address. Owned */
	size_t block_capacity;
};

struct core_file {
	char *path;
	int fd;
	bool is_memory; /* it is mapped, not read */
	uint64_t file_size_bytes; /* UINT64_MAX: not known */
	struct elf_file elf; /* with its segments if they are few; core_segments.h tells them in any case */
	struct core_table table;
	struct core_survey survey;
	char *notes; /* content of the PT_NOTEs, one after the other */
	size_t notes_size;
	char *vmcoreinfo; /* text of the VMCOREINFO note, "" if there is none */
};

/*
 * Opens a file of the kernel's (/proc/kcore, /proc/vmcore) below `root` and
 * reads its headers and notes, no memory. The size that such a file tells is
 * not believed. Errors keep their errno value (ENOENT: the kernel does not have it).
 */
struct error *core_file_init(struct core_file *core, const char *root, const char *path);

/* The same for a path as typed; a regular file's segments have to lie within its size, but for those in /proc. */
struct error *core_file_open(struct core_file *core, const char *path);

/*
 * Memory itself as a core: ELF headers at this physical address, as elfcorehdr=
 * names them, whose offsets are physical addresses. `path` is /dev/mem, where
 * read(2) knows the running kernel's own memory only, or a file in its place.
 */
struct error *core_file_open_memory(struct core_file *core, const char *path, uint64_t headers);
void core_file_deinit(struct core_file *core);
#define AUTO_CORE_FILE __attribute__((cleanup(core_file_deinit)))

/* Gives a core its notes, copied, and with them its VMCOREINFO: for other forms of images. */
void core_file_set_notes(struct core_file *core, const void *notes, size_t size);

/* A note by name and type; *ret_desc borrows from the core. */
bool core_file_note(const struct core_file *core, const char *name, uint32_t type, struct bytes *ret_desc);

/* Puts a note in front of the others, in memory; what core_file_note gave before is no longer valid. */
void core_file_add_note(struct core_file *core, const char *name, uint32_t type, const void *desc, size_t size);

/* Reads `size` bytes of the file from `offset` on. */
struct error *core_file_read(const struct core_file *core, uint64_t offset, void *to, size_t size);

/* Whether these bytes are shown by a PT_LOAD, and held by none: who wrote the core left them out (absent_pages.h). */
bool core_file_lacks_phys(const struct core_file *core, uint64_t phys, size_t size);

/* Reads `size` bytes at a physical address that one PT_LOAD holds entirely. */
struct error *core_file_read_phys(const struct core_file *core, uint64_t phys, void *to, size_t size);

/* Linear to physical, through any PT_LOAD that has both. False if none has it, or they cannot be read. */
bool core_file_phys_of(const struct core_file *core, uint64_t linear, uint64_t *ret_phys);

/*
 * The address at which the kernel's direct map shows `phys`: not the alias
 * of the kernel text (x86_64, from 0xffffffff80000000 on). False for i386
 * high memory and for what the core does not hold.
 */
bool core_file_direct_linear_of(const struct core_file *core, uint64_t phys, uint64_t *ret_linear);

/* The kernel text's PT_LOAD on x86_64; NULL if there is none. */
const struct elf_segment *core_file_kernel_text(const struct core_file *core);

/* Whether a segment shows memory that has a physical address: a PT_LOAD, and not vmalloc memory. */
bool core_segment_has_phys(const struct core_file *core, const struct elf_segment *segment);

/* Whether a PT_LOAD is the kernel text's (x86_64). */
bool core_segment_is_text(const struct core_file *core, const struct elf_segment *segment);

/* Whether a PT_LOAD belongs to the direct map: has a physical address, and is not the kernel text. */
bool core_segment_is_direct(const struct core_file *core, const struct elf_segment *segment);

/* The memory that a segment shows; what of it the file holds; and the whole pages behind that, which it shows only. */
struct span core_segment_shown(const struct elf_segment *segment);
struct span core_segment_held(const struct elf_segment *segment);
struct span core_segment_absent(const struct elf_segment *segment);

/* Refuses a piece that begins or ends within a page: saved memory is put back in pages, and none is saved otherwise. */
struct error *core_segment_check_pages(const struct core_file *core, const struct elf_segment *segment);

#endif
