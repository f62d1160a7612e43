/* SPDX-License-Identifier: GPL-2.0-only */
#include "purgatory/other_cpus.h"

#include <stdint.h>

#include "purgatory/identity_map.h"
#include "purgatory/layout.h"

/* Intel SDM vol. 3, "Local APIC Status and Location" and "Extended XAPIC (x2APIC)"; IA32_APIC_BASE since family 6 */
#define MSR_APIC_BASE 0x1b
#define MSR_X2APIC_ICR 0x830
#define APIC_BASE_ADDRESS UINT64_C(0x000ffffffffff000)
enum {
	APIC_BASE_BOOTSTRAP = 1 << 8,
	APIC_BASE_X2APIC = 1 << 10,
	APIC_BASE_ENABLED = 1 << 11,

	APIC_ICR_LOW = 0x300,
	APIC_ICR_HIGH = 0x310,
	ICR_PENDING = 1 << 12,
	ICR_INIT_ALL_BUT_SELF = 0xc4500, /* level: assert */

	CPUID_1_EDX_MSR = 1 << 5,
	CPUID_1_EDX_APIC = 1 << 9,

	/* Turns of `pause`, tens of cycles each. */
	DELIVERY_TURNS = 1000000,
	ARRIVAL_TURNS = 20000,
};

static uint64_t read_msr(uint32_t msr)
{
	uint32_t low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

static void write_msr(uint32_t msr, uint64_t value)
{
	asm volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

#ifdef __x86_64__
static bool has_cpuid(void)
{
	return true;
}
#else
/* A processor that has CPUID lets EFLAGS.ID be changed (Intel SDM vol. 1, 3.4.3.3). */
static bool has_cpuid(void)
{
	const uint32_t flag_id = 1 << 21;
	uint32_t before, after;

	asm volatile("pushfl\n\tpopl %0\n\tmovl %0, %1\n\txorl %2, %1\n\tpushl %1\n\tpopfl\n\tpushfl\n\tpopl %1\n\t"
		     "pushl %0\n\tpopfl"
		     : "=&r"(before), "=&r"(after)
		     : "i"(flag_id)
		     : "cc", "memory");
	return (before ^ after) & flag_id;
}
#endif

/* IA32_APIC_BASE; 0 on a processor without it. */
static uint64_t read_apic_base(void)
{
	uint32_t eax = 1, ebx, ecx = 0, edx;

	if (!has_cpuid())
		return 0;
	asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	/* CPUID's APIC bit also shows IA32_APIC_BASE: it is clear while the APIC is off. */
	if ((eax >> 8 & 0xf) < 6 || !(edx & CPUID_1_EDX_MSR) || !(edx & CPUID_1_EDX_APIC))
		return 0;
	return read_msr(MSR_APIC_BASE);
}

static void wait_for_delivery(const volatile uint32_t *icr)
{
	for (unsigned int turn = 0; turn < DELIVERY_TURNS && (*icr & ICR_PENDING); turn++)
		asm volatile("pause");
}

static void send_by_page(uint8_t *apic)
{
	volatile uint32_t *icr = (volatile uint32_t *)(apic + APIC_ICR_LOW);

	wait_for_delivery(icr);
	*(volatile uint32_t *)(apic + APIC_ICR_HIGH) = 0;
	*icr = ICR_INIT_ALL_BUT_SELF;
	wait_for_delivery(icr);
}

#ifdef __x86_64__
static void load_tables(uint64_t cr3)
{
	asm volatile("movq %0, %%cr3" : : "r"(cr3) : "memory");
}

/* The loaded tables may lack the APIC, or map it cached. */
static void send_by_mapped_page(uint64_t address, void *spare_table)
{
	struct identity_map_saved saved;
	uint64_t cr3, cr4;

	asm volatile("movq %%cr3, %0" : "=r"(cr3));
	asm volatile("movq %%cr4, %0" : "=r"(cr4));
	if (!identity_map_set_temporary(&saved, cr3, cr4 & CR4_LA57 ? 5 : 4, address, spare_table))
		return;
	load_tables(cr3);
	send_by_page((uint8_t *)(uintptr_t)address);
	identity_map_restore(&saved);
	load_tables(cr3);
}
#else
/* Paging is off; the MTRRs give the APIC's memory type: uncached. */
static void send_by_mapped_page(uint64_t address, void *spare_table)
{
	(void)spare_table;
	if (address >> 32 == 0)
		send_by_page((uint8_t *)(uintptr_t)address);
}
#endif

bool other_cpus_stop(void *spare_table)
{
	uint64_t base = read_apic_base();

	if (!(base & APIC_BASE_ENABLED))
		return true;
	if (!(base & APIC_BASE_BOOTSTRAP))
		return false;
	if (base & APIC_BASE_X2APIC)
		write_msr(MSR_X2APIC_ICR, ICR_INIT_ALL_BUT_SELF);
	else
		send_by_mapped_page(base & APIC_BASE_ADDRESS, spare_table);
	/* The APICs have accepted INIT; the CPUs still need time to act on it. */
	for (unsigned int turn = 0; turn < ARRIVAL_TURNS; turn++)
		asm volatile("pause");
	return true;
}
