/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bare machine with two pretended kernels, to run the gate and purgatory in
 * earnest: with real page tables, descriptor tables and modes, and nothing else.
 *
 *	boot.S		from the multiboot loader to machine_main
 *	machine.c	memory, serial port, TAP, the end of the run
 *	control.S	the pretended kernels' way out and in: what relocate_kernel_*.S does
 *	kernel.c	their memory maps and descriptor tables
 *	programs.S	what is jumped to: a plain program, a target that records its registers
 *	gate_test.c	the gate
 *	purgatory_test.c	purgatory
 *	place_test.c	the placing program
 *	other_cpu.S, other_cpus_test.c	the machine's second CPU, which must not run through a jump
 */
#ifndef KJ_VM_BLOBS_MACHINE_H
#define KJ_VM_BLOBS_MACHINE_H

#ifdef __x86_64__
#define IS_64 1
#define KERNEL_CS 0x10
#define KERNEL_DS 0x18
#define KERNEL_GDT_ENTRIES 16
#else
#define IS_64 0
#define KERNEL_CS 0x60
#define KERNEL_DS 0x68
#define KERNEL_GDT_ENTRIES 32
#endif

/* A control page: code copied from control.S, then struct control, then the stack. */
#define CONTROL_DATA_OFFSET 0x400
#define CONTROL_BYTES 0x1000

/* The other CPU's code, and in the same page what it counts. */
#define OTHER_CPU_PAGE 0x8000
#define OTHER_CPU_COUNT 0xf00
#define OTHER_CPU_STRAYED 0xf04

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "purgatory/blobs.h"

/* ---- machine.c */

/* What boot.S found: the command line given to the machine. */
extern const char *machine_options;

bool has_option(const char *name);

/* One test; `name` is a plain text. Numbers of interest are printed when it fails. */
void check(bool passed, const char *name);
void check_equal(uint64_t got, uint64_t wanted, const char *name);

/* All further test names begin with this. */
void begin_story(const char *name);

void print(const char *text);

uint8_t port_in(int port);
void port_out(int port, uint8_t value);

/* Prints the plan and ends the machine. */
_Noreturn void finish(void);

/* Copies a blob to `address` (of a page) and fills the rest of its memory with rubbish. */
uint8_t *place_blob(const struct blob *blob, uint64_t address);

/* ---- kernel.c, control.S */

struct __attribute__((packed)) table_register {
	uint16_t limit;
	uintptr_t base;
};

/* At CONTROL_DATA_OFFSET of a control page; control.S uses the same layout. */
struct __attribute__((packed)) control {
	uintptr_t own_cr3;      /* the kernel's own map */
	uintptr_t identity_cr3; /* what it jumps with (64 bit) */
	uintptr_t stack;        /* its C stack, while it is away */
	uintptr_t found_cr3;    /* as it came back, from here on */
	uintptr_t found_flags;
	struct table_register found_gdtr;
	struct table_register own_gdtr; /* not found: what it loads */
	uint16_t found_cs, found_ds, found_es, found_ss;
};

struct kernel {
	uint8_t *control_page;
	struct control *control;
	uintptr_t came_back_at; /* physical: where it resumes; its jump-back entry */
	uintptr_t gdt_linear;   /* of its GDT in its own map */
	uintptr_t identity_cr3;
};

unsigned int page_table_levels(void);

/*
 * A kernel with its control page there. Its identity tables map the first 16 MiB (where this program
 * is), the control page, and the pages of `segments`: not the other kernel's control page.
 */
void kernel_init(struct kernel *kernel, unsigned int number, uint64_t control_address, const uint64_t *segments,
		 size_t segment_count);

/* Makes it resume in `main` when it is first entered; the argument is what it finds at 0(%rsp). */
void kernel_start_at(struct kernel *kernel, void (*main)(uintptr_t back_entry));

/* Jumps; returns when the kernel is entered again, with the word at 0(%rsp). */
uintptr_t kernel_jump(struct kernel *kernel, uint64_t entry);

/* Did it come back as Linux wants: its GDT's linear address in the GDT register, its segments, its flags? */
void check_came_back(const struct kernel *kernel, const char *name);

/* ---- programs.S */

/* A plain program with two entries that name each other as the next one. */
extern const uint8_t program_first[], program_second[];
struct program_seen {
	uintptr_t calls_first, calls_second;
	uintptr_t stack;  /* at entry */
	uintptr_t slot;   /* what the slot held at entry */
	uintptr_t new_cr3; /* loaded before it returns, if not 0 */
};
extern struct program_seen program_seen;

/* Targets record this and go back to `target_return_to` with `target_return_gdtr`. */
extern const uint8_t target_64[], target_32[];
struct target_seen {
	uint64_t regs[16]; /* as in struct purgatory_regs */
	uint64_t flags, cr0, cr4, cr3, efer;
	uint64_t cs, ds, es, ss;
	uint64_t visits;
};
extern struct target_seen target_seen;
extern uintptr_t target_return_to, target_cr3;
extern struct table_register target_return_gdtr;

void test_gate(void);
void test_purgatory(void);
void test_other_cpus(void);
void test_place(void);

/* Where the other CPU goes with other_cpu_enters. */
void other_cpu_main(void);
void test_purgatory_stops(void);
void test_place_resets(void);

#endif
#endif
