/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An ELF file, 32 or 64 bit, checked once into one neutral struct (ELF
 * specification 1.2 and the x86 supplements; <elf.h>). Little endian only.
 */
#ifndef KJ_ELF_FILE_H
#define KJ_ELF_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"

/* Stands for a missing vaddr or paddr: the kernel's cores write -1 (highmem has no vaddr, vmalloc no paddr). */
#define ELF_NO_ADDRESS UINT64_MAX

struct elf_segment {
	uint32_t type;  /* PT_LOAD, PT_NOTE, … */
	uint32_t flags; /* PF_R … */
	uint64_t vaddr, paddr; /* paddr + memory_size of a PT_LOAD does not overflow, vaddr + memory_size may */
	uint64_t file_offset;
	uint64_t file_size, memory_size; /* file_size <= memory_size for PT_LOAD with memory_size set */
	uint64_t align; /* a power of two; 1 if the file has 0 or an invalid value */
};

struct elf_file {
	bool is_64;
	uint16_t type;    /* ET_EXEC, ET_DYN, ET_CORE */
	uint16_t machine; /* EM_386, EM_X86_64 */
	uint64_t entry;
	uint64_t segments_offset; /* of the program headers in the file */
	size_t segment_count;
	uint64_t sections_offset;     /* of section header 0, which holds a count too large for e_phnum */
	struct elf_segment *segments; /* owned; NULL if only the header was read */
};

/*
 * Parses the headers in `bytes`, which may be the beginning of the file.
 * Segments are checked against `file_size_bytes`, the size of the whole file
 * (UINT64_MAX: unknown, as for /proc/kcore). Errors: not ELF, big endian, cut
 * off, segments outside the file or overflowing. Accepts any machine and type.
 */
struct error *elf_file_init(struct elf_file *elf, struct bytes bytes, uint64_t file_size_bytes);
void elf_file_deinit(struct elf_file *elf);
#define AUTO_ELF_FILE __attribute__((cleanup(elf_file_deinit)))

/*
 * The same in steps, without keeping all segments in memory. First the ELF
 * header, at the beginning of `bytes`. Then, if segment_count is PN_XNUM
 * (System V ABI, ELF header, e_phnum), the count from section header 0:
 * `section` has the bytes at sections_offset, fewer if the file is cut off
 * (`size_bytes` is the file's, for the message). Then the check that the
 * program headers lie within the file; then each of them, of
 * elf_segment_bytes at `raw`.
 */
struct error *elf_file_init_header(struct elf_file *elf, struct bytes bytes);
size_t elf_section_bytes(const struct elf_file *elf);
struct error *elf_file_take_count(struct elf_file *elf, struct bytes section, uint64_t size_bytes);
struct error *elf_file_check_table(const struct elf_file *elf, uint64_t size_bytes);
size_t elf_segment_bytes(const struct elf_file *elf);
struct error *elf_segment_parse(const struct elf_file *elf, const uint8_t *raw, size_t index,
				uint64_t file_size_bytes, struct elf_segment *ret_segment);

/* True if the bytes begin like an ELF file. */
bool elf_file_probe(struct bytes bytes);

/*
 * Finds the note with this name and type in the content of a PT_NOTE
 * segment; *ret_desc borrows from `notes`. Malformed notes end the search.
 */
bool elf_note_find(struct bytes notes, const char *name, uint32_t type, struct bytes *ret_desc);

/* The size of a note with `desc_size` bytes of content in a file, padding included. */
size_t elf_note_size(const char *name, size_t desc_size);

/* Writes a note over elf_note_size zeros; returns the offset of its content. */
size_t elf_note_put(uint8_t *at, const char *name, uint32_t type, const void *desc, size_t desc_size);

#endif
