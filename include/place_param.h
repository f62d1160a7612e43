/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The placing program: puts those pages of a snapshot where they belong that could not be put there while the
 * restoring kernel ran, because that kernel itself uses the memory. A position-independent flat binary of
 * PLACE_SIZE_BYTES, loaded page aligned into the snapshot's window and entered at its first byte. When all is in
 * place it goes to the gate.
 *
 * It refuses before its first copy if the pages that it is to copy have changed since they were read, or the other CPUs
 * cannot be stopped. After a jump (PLACE_JUMP) it then returns to the restoring kernel, as a peer would. After
 * an ordinary kexec there is no kernel to return to: it writes struct place_refused to many places in memory, which
 * the next boot looks for, and resets the machine.
 */
#ifndef KJ_PLACE_PARAM_H
#define KJ_PLACE_PARAM_H

#define PLACE_PARAM_OFFSET 0x100
#define PLACE_MAGIC "KJPLACE"

/* Code, data, a spare page table and the stack. */
#define PLACE_SIZE_BYTES 0x5000

#define PLACE_GATE_ENTRY_AT 0x08
#define PLACE_LOCAL_GDT_AT 0x10
#define PLACE_FLAGS_AT 0x18
#define PLACE_PARAM_BYTES 0x70

/* place_param.flags */
#define PLACE_JUMP 0x01      /* entered by a kexec jump: 0(%rsp) at the entry is where the restoring kernel continues */
#define PLACE_GIB_PAGES 0x02 /* the processor has pages of 1 GiB */

#define PLACE_REFUSED_MAGIC "KJREFUS"

/* Places of struct place_refused: multiples of this, in the spans, other than 0. */
#define PLACE_REFUSED_STEP_BYTES (UINT64_C(2) << 20)

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

/* Memory that the program's page tables show. */
struct place_span {
	uint64_t start, size_bytes;
};

/* `from` does not overlap any `to` of a copy, or it is its own: then the memory is only compared, before all copies. */
struct place_copy {
	uint64_t to, from, size_bytes;
};

struct place_fill {
	uint64_t to, size_bytes, byte;
};

struct place_param {
	char magic[8];           /* PLACE_MAGIC */
	uint64_t gate_entry;     /* physical */
	uint64_t local_gdt;      /* linear address, in the restoring kernel's map, of its GDT of CPU 0; 0: not known */
	uint64_t flags;
	uint64_t tables;         /* physical: a pool for page tables (64 bit) */
	uint64_t tables_size_bytes;
	uint64_t spans, span_count;   /* physical addresses of arrays, and how many elements they have */
	uint64_t copies, copy_count;
	uint64_t fills, fill_count;
	uint64_t digest;         /* XXH64 of what is copied, in order */
	uint64_t token;          /* a random number for struct place_refused; 0: none is written */
};

/*
 * Left in memory by a refusal. Only the program writes it, so its presence proves that the saved kernel was not
 * entered. A reset by most firmware keeps memory; if not, it is absent.
 */
struct place_refused {
	char magic[8]; /* PLACE_REFUSED_MAGIC */
	uint64_t token, token_inverted;
};

_Static_assert(offsetof(struct place_param, gate_entry) == PLACE_GATE_ENTRY_AT, "assembly offset");
_Static_assert(offsetof(struct place_param, local_gdt) == PLACE_LOCAL_GDT_AT, "assembly offset");
_Static_assert(offsetof(struct place_param, flags) == PLACE_FLAGS_AT, "assembly offset");
_Static_assert(sizeof(struct place_param) == PLACE_PARAM_BYTES, "same layout in 32 and 64 bit");
#endif
#endif
