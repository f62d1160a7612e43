/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel's map of its own memory: a jump needs it of the kernel that it
 * leaves or returns to. Read from /proc/kcore of the running kernel.
 */
#ifndef KJ_KERNEL_MAP_H
#define KJ_KERNEL_MAP_H

#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/arch.h"
#include "lib/core/core_file.h"

struct kernel_map {
	const struct arch *arch;
	char *vmcoreinfo;        /* text of the VMCOREINFO note; owned */
	int paging_levels;
	uint64_t direct_offset;  /* direct map: linear = phys + offset, modulo 2^64 */
	uint64_t direct_end;     /* first physical address outside of it (i386: high memory) */
	uint64_t text_linear;    /* alias of the kernel image on x86_64; empty text_phys elsewhere */
	struct span text_phys;
	uint64_t gdt;            /* linear address of CPU 0's GDT in the direct map */
};

/*
 * Reads the running kernel's map from /proc/kcore below `root`. Errors: no
 * /proc/kcore (CONFIG_PROC_KCORE, lockdown, not root), no VMCOREINFO in it
 * (kernels before 4.19), no GDT found.
 */
struct error *kernel_map_init(struct kernel_map *map, const char *root, const struct arch *arch);

/* The same for a crash kernel's headers, which need linear addresses only: no VMCOREINFO, and `gdt` stays 0. */
struct error *kernel_map_init_addresses(struct kernel_map *map, const char *root, const struct arch *arch);

/* How many levels of page tables the running kernel uses; 0 if it does not show its memory (/proc/kcore). */
int kernel_map_levels(const char *root, const struct arch *arch);

/*
 * Refuses a kernel to jump to (`peer`: its name in the message) whose page tables have another number of levels than
 * this one's: a processor cannot change the number while paging is on, and the gate keeps it on. 0: not known.
 */
struct error *kernel_map_check_levels(const struct arch *arch, int levels, const char *peer, uint32_t peer_levels);

void kernel_map_deinit(struct kernel_map *map);
#define AUTO_KERNEL_MAP __attribute__((cleanup(kernel_map_deinit)))

/* The direct map's address of `phys`; the all-ones address if there is none (i386 high memory). */
uint64_t kernel_map_linear(const struct kernel_map *map, uint64_t phys);

#endif
