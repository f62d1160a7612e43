/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/arch.h"

#include <elf.h>
#include <string.h>

#include "lib/base/sizes.h"

/*
 * x86_64, entry 15 (GDT_ENTRY_CPUNODE): present, DPL 3, and the low 12 bits
 * of the limit are the CPU's number (arch/x86/kernel/cpu/common.c,
 * setup_getcpu).
 */
static bool cpunode_is_cpu0(const uint64_t *gdt)
{
	uint64_t descriptor = gdt[15];

	return (descriptor >> 40 & 0xfe) == 0xf4 && (descriptor & 0xfff) == 0;
}

/*
 * i386 has no such entry. The areas are in CPU order, so the first live one is
 * CPU 0's. A GDT is live if its task register descriptor (entry 16,
 * GDT_ENTRY_TSS) is a present TSS.
 */
static bool tss_is_present(const uint64_t *gdt)
{
	return (gdt[16] >> 40 & 0x9d) == 0x89;
}

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.is_64 = true,
	.kexec_flag = EM_X86_64 << 16,
	.elf_machine = EM_X86_64,
	.address_end = UINT64_C(1) << 52,
	.gdt = {
		/* CPU_ENTRY_AREA_PGD, one top-level entry of 512 GiB */
		.area_start = 0xfffffe0000000000,
		.area_last = 0xfffffe7fffffffff,
		.first_entry = 1,
		.entry_count = 6,
		.entries = { 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff,
			     0x00cff3000000ffff, 0x00affb000000ffff },
		.is_live_on_cpu0 = cpunode_is_cpu0,
	},
};

const struct arch arch_i386 = {
	.name = "i386",
	.is_64 = false,
	.kexec_flag = EM_386 << 16,
	.elf_machine = EM_386,
	.address_end = 4 * GIB,
	.gdt = {
		/* Below the fixmap at the top (FIXADDR_TOT_START), at most 512 CPUs of some 160 KiB each. */
		.area_start = 0xf0000000,
		.area_last = 0xffffffff,
		.first_entry = 12,
		.entry_count = 4,
		.entries = { 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00cffa000000ffff, 0x00cff2000000ffff },
		.is_live_on_cpu0 = tss_is_present,
	},
};

const struct arch *arch_by_elf_machine(uint32_t elf_machine)
{
	return elf_machine == EM_X86_64 ? &arch_x86_64 : &arch_i386;
}

const struct arch *arch_by_name(const char *machine)
{
	if (!strcmp(machine, "x86_64"))
		return &arch_x86_64;
	if (machine[0] == 'i' && machine[1] >= '3' && machine[1] <= '6' && !strcmp(machine + 2, "86"))
		return &arch_i386;
	return NULL;
}
