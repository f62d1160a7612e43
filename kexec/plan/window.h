/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The window: the part of A's memory where B, the kernel or program that is
 * jumped to, may live; or the reserved memory where a crash kernel may. The
 * shadowed memory, B's RAM, and the memory of A that B sees are all derived
 * from this one struct, so they cannot disagree.
 */
#ifndef KJ_WINDOW_H
#define KJ_WINDOW_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/machine/machine.h"
#include "lib/machine/memmap.h"

struct window {
	struct span bounds;      /* as given or chosen: [mem-min, mem-max + 1) */
	bool chosen;             /* not given by the user */
	bool in_crash_kernel;    /* lies in the reserved crashkernel region */
	bool overlaps_kernel;    /* holds a part of A's kernel image */
	struct span_set memory;  /* A's RAM inside the bounds, from 1 MiB on; whole pages */
	struct span_set low;     /* RAM from page 1 to 640 KiB, which every x86 kernel uses; whole pages */
	struct span headers;     /* in `memory`, not B's RAM: vmcore headers and notes for B */
};

void window_deinit(struct window *window);
#define AUTO_WINDOW __attribute__((cleanup(window_deinit)))

/* RAM from page 1 to 640 KiB, where the adapters begin; whole pages. Replaces *ret_set. */
void window_low_memory(const struct machine *machine, struct span_set *ret_set);

/*
 * The window and low memory that these spans are, whole pages. Error: this kernel's RAM there is not all of them, or
 * more than them.
 */
struct error *window_of_memory(const struct machine *machine, const struct span_set *memory, struct window *ret_window);

/* B's requirements on a window. */
struct window_requirements {
	uint64_t kernel_size, kernel_align, kernel_start; /* bytes; lowest address the kernel can run at */
	uint64_t other_size;                              /* initrd, parameters, headers … */
	uint64_t address_end;                             /* everything below this */
	uint64_t spare_bytes; /* what it needs to run, where that is known; 0: an ordinary system's */
};

/*
 * The window [mem_min, mem_max] (inclusive, as the options are). Errors:
 * mem_min above mem_max, no RAM in it, larger than half of memory.
 */
struct error *window_given(const struct machine *machine, uint64_t mem_min, uint64_t mem_max,
			   struct window *ret_window);

/*
 * Chooses one inside [mem_min, mem_max]: in the reserved crashkernel region
 * if that is large enough, else the lowest that misses A's kernel image and the
 * memory of its offline CPUs. Larger than the requirements where memory allows. Error: nothing fits.
 */
struct error *window_choose(const struct machine *machine, const struct window_requirements *requirements,
			    uint64_t mem_min, uint64_t mem_max, struct window *ret_window);

/*
 * The window of a crash kernel: all memory that is reserved for it. With two regions
 * the low one is for its devices, and the kernel only takes segments in the
 * high one (kernel/kexec_core.c, crashk_res): `bounds` is that, inside
 * [mem_min, mem_max]. Errors: nothing is reserved; nothing of it is inside.
 */
struct error *window_crash(const struct machine *machine, uint64_t mem_min, uint64_t mem_max,
			   struct window *ret_window);

/* The reserved region that crash kernels are loaded to, from /proc/iomem; empty if there is none. */
struct span crash_kernel_region(const struct iomem *iomem);

/* All memory that a jump keeps for A: the window's and low memory. Adds to *ret_set. */
void window_shadowed(const struct window *window, struct span_set *ret_set);

/* The RAM that B, or a crash kernel, does not use and sees as /proc/vmcore. Adds to *ret_set. */
void window_outside(const struct window *window, const struct machine *machine, struct span_set *ret_set);

/*
 * The memory map of B: window and low memory as RAM, the headers and all
 * other RAM as reserved (memory that is not mentioned at all may be given to
 * PCI devices), everything else as A has it. So /dev/mem gives B all of A's
 * RAM, with CONFIG_IO_STRICT_DEVMEM as well.
 */
void window_memmap(const struct window *window, const struct machine *machine, struct memmap *ret_map);

#endif
