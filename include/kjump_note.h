/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The KJUMP note: the facts about A that a program needs to jump back to A,
 * given A's memory (/proc/vmcore in B, or a snapshot). A's loader writes it
 * into the ELF notes of B's /proc/vmcore; purgatory fills in the entry;
 * every copy of /proc/vmcore contains it.
 *
 * ELF note name "KJUMP", type KJUMP_NOTE_TYPE; little endian. Readers accept
 * a note with a larger size_bytes than they know, and refuse another version.
 */
#ifndef KJ_KJUMP_NOTE_H
#define KJ_KJUMP_NOTE_H

#include <stddef.h>
#include <stdint.h>

#define KJUMP_NOTE_NAME "KJUMP"
/*
 * "KJ" and a number. Programs that read cores (crash, netdump.c; readelf) take a note of type 1, 2 or 3 for a
 * process's registers and the like, whatever its name.
 */
#define KJUMP_NOTE_TYPE 0x4b4a0001
#define KJUMP_NOTE_VERSION 1

/* kjump_note.free_pages: the required content of A's free pages when A resumes */
#define KJUMP_FREE_ANY 0
#define KJUMP_FREE_ZERO 1   /* init_on_free=1 */
#define KJUMP_FREE_POISON 2 /* page_poison=1: 0xaa */

/* What page_poison=1 leaves in free pages: PAGE_POISON, include/linux/poison.h */
#define KJUMP_POISON_BYTE 0xaa

struct kjump_span {
	uint64_t start, end; /* physical, half open */
};

struct kjump_note {
	uint32_t version;
	uint32_t size_bytes;         /* of this struct; the spans come after that many bytes */
	uint64_t jump_back_entry;    /* physical; 0 until purgatory has run */
	uint64_t gdt;                /* linear address of CPU 0's GDT in A's direct map */
	uint64_t direct_offset;      /* direct map: linear = physical + this, modulo 2^64 */
	uint64_t direct_end;         /* first physical address that is not in the direct map */
	uint64_t text_linear;        /* kernel text mapping on x86_64, size 0 if there is none */
	uint64_t text_phys;
	uint64_t text_size_bytes;
	uint32_t elf_machine;        /* EM_386, EM_X86_64 */
	uint32_t paging_levels;      /* of A's page tables: 2, 3, 4, 5 */
	uint32_t free_pages;         /* KJUMP_FREE_* */
	uint32_t window_span_count;  /* kjump_spans that follow: B's window and low memory, in no snapshot */
	uint8_t boot_id[16];         /* /proc/sys/kernel/random/boot_id of A */
	uint64_t memory_digest;      /* XXH64 of A's memory map */
	uint64_t cpu_digest;         /* XXH64 of vendor and feature flags of A's CPU */
	uint32_t memory_span_count;  /* kjump_spans after those: the rest of A's memory, which a snapshot contains */
	uint32_t reserved;
};

/*
 * A second note in ELF cores that kdump writes: the content of memory that a
 * PT_LOAD lists without file content (p_filesz < p_memsz). Programs that do
 * not write this note leave free pages out in the same way.
 */
#define KJUMP_IMAGE_NOTE_TYPE 0x4b4a0003 /* 2: kjump_filesystems_note.h */
#define KJUMP_IMAGE_NOTE_VERSION 1

/* kjump_image_note.flags */
#define KJUMP_IMAGE_ZEROS 1u /* all memory left out contained zeros */

struct kjump_image_note {
	uint32_t version;
	uint32_t flags;
};

_Static_assert(offsetof(struct kjump_note, jump_back_entry) == 8, "on-disk layout");
_Static_assert(offsetof(struct kjump_note, elf_machine) == 64, "on-disk layout");
_Static_assert(offsetof(struct kjump_note, cpu_digest) == 104, "on-disk layout");
_Static_assert(sizeof(struct kjump_note) == 120, "on-disk layout");

#endif
