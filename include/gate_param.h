/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gate: the code that switches between two kernels, or between a kernel
 * and a plain program.  It is a position-independent flat binary of
 * GATE_SIZE_BYTES, loaded page aligned as a segment of the local kernel
 * (the one that loaded it).  The peer is the other side.
 *
 *   GATE_ENTRY_LOCAL  entered by the local kernel: keep its return address,
 *                     load own page tables (64 bit) and the peer's GDT, jump
 *                     to the peer with GATE_ENTRY_PEER at 0(%rsp)
 *   GATE_ENTRY_PEER   entered by the peer later: keep the peer's return
 *                     address as its new entry, load own page tables and the
 *                     local kernel's GDT, return to the local kernel with
 *                     GATE_ENTRY_LOCAL at 0(%rsp)
 *   GATE_ENTRY_CALL   entered by the local kernel: call the plain program at
 *                     peer_entry as a C function; 8(%rsp) at its entry is the
 *                     address of a slot, in which it may store its next entry;
 *                     then return with GATE_ENTRY_CALL at 0(%rsp)
 *
 * Each entry first sends INIT to all other CPUs, which the entering kernel has taken offline (purgatory/other_cpus.h).
 */
#ifndef KJ_GATE_PARAM_H
#define KJ_GATE_PARAM_H

#define GATE_ENTRY_LOCAL 0x00
#define GATE_ENTRY_PEER 0x10
#define GATE_ENTRY_CALL 0x20
#define GATE_PARAM_OFFSET 0x40
#define GATE_MAGIC "KJGATE1"

/* Code, data and stack, then a pool of pages for page tables. */
#define GATE_SIZE_BYTES 0xc000

/* gate_param.flags */
#define GATE_LOCAL_ENDED 0x01 /* the local kernel has ended for good: GATE_ENTRY_PEER returns at once */
#define GATE_OTHER_CPUS 0x02 /* the local kernel has other CPUs: return straight to it if they cannot be stopped */

#define GATE_PEER_ENTRY_AT 0x08
#define GATE_LOCAL_RETURN_AT 0x10
#define GATE_PEER_GDT_AT 0x18
#define GATE_LOCAL_GDT_AT 0x20
#define GATE_LOCAL_CR3_AT 0x28
#define GATE_FLAGS_AT 0x30
#define GATE_PARAM_BYTES 0x48

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct gate_param {
	char magic[8]; /* GATE_MAGIC */
	uint64_t peer_entry;   /* physical: the next entry of the peer or the program */
	uint64_t local_return; /* kept by the gate */
	uint64_t peer_gdt;     /* linear address, in the peer's own map, of its live GDT of CPU 0 */
	uint64_t local_gdt;    /* the same of the local kernel */
	uint64_t local_cr3;    /* kept by the gate (64 bit) */
	uint32_t flags;
	uint32_t reserved;
	uint64_t peer_room;    /* physical: memory that the peer keeps for the local kernel's waking (kjump_asleep_note.h) */
	uint64_t peer_room_size_bytes; /* 0: there is none */
};

_Static_assert(offsetof(struct gate_param, peer_entry) == GATE_PEER_ENTRY_AT, "assembly offset");
_Static_assert(offsetof(struct gate_param, local_return) == GATE_LOCAL_RETURN_AT, "assembly offset");
_Static_assert(offsetof(struct gate_param, peer_gdt) == GATE_PEER_GDT_AT, "assembly offset");
_Static_assert(offsetof(struct gate_param, local_gdt) == GATE_LOCAL_GDT_AT, "assembly offset");
_Static_assert(offsetof(struct gate_param, local_cr3) == GATE_LOCAL_CR3_AT, "assembly offset");
_Static_assert(offsetof(struct gate_param, flags) == GATE_FLAGS_AT, "assembly offset");
_Static_assert(sizeof(struct gate_param) == GATE_PARAM_BYTES, "assembly size");
#endif
#endif
