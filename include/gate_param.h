/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gate: the piece of code through which two kernels, or a kernel and a
 * plain program, change places.  A position-independent flat binary of
 * GATE_SIZE_BYTES, loaded page aligned as a segment of the local kernel
 * (the one that loaded it).  The peer is the other side.
 *
 *   GATE_ENTRY_LOCAL  entered by the local kernel: keep its return address,
 *                     load own page tables (64 bit) and the peer's GDT, go
 *                     to the peer with GATE_ENTRY_PEER at 0(%rsp)
 *   GATE_ENTRY_PEER   entered by the peer later: keep the peer's return
 *                     address as its new entry, load own page tables and the
 *                     local kernel's GDT, go back to the local kernel with
 *                     GATE_ENTRY_LOCAL at 0(%rsp)
 *   GATE_ENTRY_CALL   entered by the local kernel: call the plain program at
 *                     peer_entry as a C function; 8(%rsp) at its entry is
 *                     where it may store where it wants to be entered next;
 *                     then go back with GATE_ENTRY_CALL at 0(%rsp)
 *
 * Each entry first sends INIT to all other CPUs, which the kernel that enters has parked (purgatory/other_cpus.h).
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
#define GATE_LOCAL_GONE 0x01 /* the local kernel will not be there again: GATE_ENTRY_PEER returns at once */
#define GATE_OTHER_CPUS 0x02 /* the local kernel has other CPUs: go straight back to it where they cannot be stopped */

#define GATE_PEER_ENTRY_AT 0x08
#define GATE_LOCAL_RETURN_AT 0x10
#define GATE_PEER_GDT_AT 0x18
#define GATE_LOCAL_GDT_AT 0x20
#define GATE_LOCAL_CR3_AT 0x28
#define GATE_FLAGS_AT 0x30
#define GATE_PARAM_BYTES 0x38

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct gate_param {
	char magic[8]; /* GATE_MAGIC */
	uint64_t peer_entry;   /* physical: where the peer or the program is entered next */
	uint64_t local_return; /* kept by the gate */
	uint64_t peer_gdt;     /* linear address of the peer's live GDT of CPU 0, in the peer's own map */
	uint64_t local_gdt;    /* the same of the local kernel */
	uint64_t local_cr3;    /* kept by the gate (64 bit) */
	uint32_t flags;
	uint32_t reserved;
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
