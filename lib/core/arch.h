/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An architecture as data. The running kernel determines it, not the target of
 * this program's compilation: a 32-bit kexec drives a 64-bit kernel.
 *
 * A new one needs: its machine name, the kexec_load and ELF numbers, the range
 * of the kernel's per-CPU GDT pages and the descriptors in them; and a
 * purgatory and a gate (purgatory_setup.c).
 */
#ifndef KJ_ARCH_H
#define KJ_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arch {
	const char *name;         /* "x86_64", "i386" */
	bool is_64;
	uint32_t kexec_flag;      /* KEXEC_ARCH_* of include/uapi/linux/kexec.h */
	uint16_t elf_machine;     /* EM_* */
	uint64_t address_end;     /* physical addresses the entry code can use: 4 GiB with paging off */
	struct {
		/* The linear range in which the CPU entry areas lie (asm/cpu_entry_area.h). */
		uint64_t area_start, area_last;
		/* Descriptors that identify a GDT page, from this entry on; bit 40 (accessed) is ignored. */
		size_t first_entry;
		size_t entry_count;
		uint64_t entries[6];
		bool (*is_live_on_cpu0)(const uint64_t *gdt);
	} gdt;
};

extern const struct arch arch_x86_64, arch_i386;

/* By e_machine of an ELF file, or of a note: x86_64 for EM_X86_64, i386 for anything else. */
const struct arch *arch_by_elf_machine(uint32_t elf_machine);

/* By the machine name of uname(2): "x86_64", "i386" to "i686"; NULL if it is neither. */
const struct arch *arch_by_name(const char *machine);

#endif
