/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parameters that the loader passes to purgatory.
 *
 * Purgatory is a position-independent flat binary, loaded page aligned and
 * entered at its first byte.  The parameter block lies inside it, at
 * PURGATORY_PARAM_OFFSET, and is filled in by the loader before the load.
 * The layout is the same for the 32- and the 64-bit purgatory; assembly
 * uses the *_AT offsets, which the assertions below tie to the struct.
 */
#ifndef KJ_PURGATORY_PARAM_H
#define KJ_PURGATORY_PARAM_H

#define PURGATORY_PARAM_OFFSET 0x100
#define PURGATORY_MAGIC "KJPURG1"

/* Code, data and stack. */
#define PURGATORY_SIZE_BYTES 0x6000

/* purgatory_param.flags */
#define PURGATORY_CHECK_DIGEST 0x01 /* compare regions[] with digest before entering the target */
#define PURGATORY_JUMP 0x02         /* loaded with preserve-context: 0(%rsp) is the caller's jump-back entry */
#define PURGATORY_KEEP_STACK 0x04   /* enter the target with the stack purgatory was entered with */
#define PURGATORY_CONSOLE_SERIAL 0x08
#define PURGATORY_CONSOLE_VGA 0x10
#define PURGATORY_RESET_VGA 0x20 /* set VGA text mode first */
#define PURGATORY_OTHER_CPUS 0x40 /* the caller has other CPUs: refuse the jump if they cannot be stopped */

/* purgatory_param.target_mode */
#define PURGATORY_TARGET_64 64 /* long mode, paging as the kernel left it */
#define PURGATORY_TARGET_32 32 /* protected mode, paging off, flat segments */

#define PURGATORY_REGION_MAX 16 /* KEXEC_SEGMENT_MAX of include/linux/kexec.h */

#define PURGATORY_FLAGS_AT 0x08
#define PURGATORY_TARGET_MODE_AT 0x0c
#define PURGATORY_ENTRY_AT 0x10
#define PURGATORY_REGS_AT 0x18
#define PURGATORY_LOCAL_GDT_AT 0xa8
#define PURGATORY_PARAM_BYTES (0xd0 + 16 * PURGATORY_REGION_MAX)

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

/* Registers at the target's entry; a 32-bit target gets the low halves. */
struct purgatory_regs {
	uint64_t ax, bx, cx, dx, si, di, sp, bp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
};

/* A physical range that the digest covers. */
struct purgatory_region {
	uint64_t start;
	uint64_t size_bytes;
};

struct purgatory_param {
	char magic[8]; /* PURGATORY_MAGIC */
	uint32_t flags;
	uint32_t target_mode;
	uint64_t entry; /* physical address of the target */
	struct purgatory_regs regs;
	uint64_t cmdline;           /* physical; " kexec_jump_back_entry=0x…" is appended; 0: none */
	uint64_t note_entry;        /* physical; 8 bytes that receive the jump-back entry; 0: none */
	uint64_t local_gdt;         /* linear address of the caller's GDT, to return to it; 0: unknown */
	uint32_t cmdline_size_bytes; /* of the buffer, terminating NUL included */
	uint32_t serial_baud;       /* 0: leave the port as it is set */
	uint16_t serial_port;       /* I/O port, 0x3f8 for ttyS0 */
	uint16_t reserved[3];
	/*
	 * XXH64 of regions[0..region_count), in order. Purgatory itself cannot be in a region; the command line and
	 * the note can, they are compared before anything is written to them.
	 */
	uint64_t digest;
	uint32_t region_count;
	uint32_t reserved2;
	struct purgatory_region regions[PURGATORY_REGION_MAX];
};

_Static_assert(offsetof(struct purgatory_param, flags) == PURGATORY_FLAGS_AT, "assembly offset");
_Static_assert(offsetof(struct purgatory_param, target_mode) == PURGATORY_TARGET_MODE_AT, "assembly offset");
_Static_assert(offsetof(struct purgatory_param, entry) == PURGATORY_ENTRY_AT, "assembly offset");
_Static_assert(offsetof(struct purgatory_param, regs) == PURGATORY_REGS_AT, "assembly offset");
_Static_assert(offsetof(struct purgatory_param, local_gdt) == PURGATORY_LOCAL_GDT_AT, "assembly offset");
_Static_assert(offsetof(struct purgatory_param, digest) == 0xc0, "same layout in 32 and 64 bit");
_Static_assert(sizeof(struct purgatory_param) == PURGATORY_PARAM_BYTES, "same layout in 32 and 64 bit");
#endif
#endif
