/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/vm-blobs/machine.h"

#include "purgatory/identity_map.h"

extern const uint8_t control_begin[], control_came_back[], control_end[];
extern const uint8_t kernel_first_steps[];

enum {
	KERNELS = 2,
	KERNEL_STACK_BYTES = 0x4000,

	FLAG_INTERRUPTS = 1 << 9,
	FLAG_DIRECTION = 1 << 10,
};

struct page {
	_Alignas(4096) uint8_t bytes[4096];
};

static struct page gdts[KERNELS];
static struct page own_tables[KERNELS];
static uint8_t stacks[KERNELS][KERNEL_STACK_BYTES] __attribute__((aligned(16)));

#if IS_64
extern uint64_t boot_cr3, boot_cr4_la57;
static struct page identity_pool[KERNELS][16];

unsigned int page_table_levels(void)
{
	return boot_cr4_la57 ? 5 : 4;
}

/* In Linux's direct map, and at another address for each kernel; see gate_param.h on linear addresses. */
static uintptr_t make_own_map(unsigned int number)
{
	uint64_t *root = (uint64_t *)&own_tables[number];
	const uint64_t *boot_root = (const uint64_t *)(uintptr_t)boot_cr3;
	unsigned int entry = 273 + 2 * number;
	unsigned int shift = 12 + 9 * (page_table_levels() - 1);

	root[0] = boot_root[0];
	root[entry] = boot_root[0];
	return (uintptr_t)-1 << (shift + 9) | (uintptr_t)entry << shift;
}

static uintptr_t make_identity_map(unsigned int number, uint64_t control_address, const uint64_t *segments,
				   size_t segment_count)
{
	struct identity_map map;

	identity_map_init(&map, identity_pool[number], identity_pool[number + 1], page_table_levels());
	for (uint64_t address = 0; address < 16 << 20; address += 2 << 20)
		identity_map_add(&map, address);
	identity_map_add(&map, control_address);
	for (size_t i = 0; i < segment_count; i++)
		identity_map_add(&map, segments[i]);
	return (uintptr_t)map.root;
}
#else
unsigned int page_table_levels(void)
{
	return 2;
}

/* 4 MiB pages: the first GiB as it is, and again at the kernel's base; the local APIC, uncached. */
static uintptr_t make_own_map(unsigned int number)
{
	uint32_t *root = (uint32_t *)&own_tables[number];
	uint32_t base = 0xc0000000 + 0x10000000 * number;

	for (uint32_t i = 0; i < 256; i++)
		root[i] = i << 22 | 0x83;
	for (uint32_t i = 0; i < 64; i++)
		root[(base >> 22) + i] = i << 22 | 0x83;
	root[0xfee00000 >> 22] = 0xfec00000 | 0x9b;
	asm volatile("movl %%cr4, %%eax; orl $0x10, %%eax; movl %%eax, %%cr4" : : : "eax"); /* PSE */
	return base;
}

static uintptr_t make_identity_map(unsigned int number, uint64_t control_address, const uint64_t *segments,
				   size_t segment_count)
{
	(void)number, (void)control_address, (void)segments, (void)segment_count;
	return 0;
}
#endif

static void fill_gdt(uint64_t *gdt)
{
	gdt[KERNEL_CS / 8] = IS_64 ? 0x00af9b000000ffff : 0x00cf9b000000ffff;
	gdt[KERNEL_DS / 8] = 0x00cf93000000ffff;
}

void kernel_init(struct kernel *kernel, unsigned int number, uint64_t control_address, const uint64_t *segments,
		 size_t segment_count)
{
	uint8_t *page = (uint8_t *)(uintptr_t)control_address;
	uintptr_t base = make_own_map(number);

	for (size_t i = 0; i < CONTROL_BYTES; i++)
		page[i] = i < (uintptr_t)control_end - (uintptr_t)control_begin ? control_begin[i] : 0;
	fill_gdt((uint64_t *)&gdts[number]);
	kernel->control_page = page;
	kernel->control = (struct control *)(page + CONTROL_DATA_OFFSET);
	kernel->came_back_at = (uintptr_t)page + (uintptr_t)control_came_back - (uintptr_t)control_begin;
	kernel->gdt_linear = base + (uintptr_t)&gdts[number];
	kernel->identity_cr3 = make_identity_map(number, control_address, segments, segment_count);
	kernel->control->own_cr3 = (uintptr_t)&own_tables[number];
	kernel->control->identity_cr3 = kernel->identity_cr3;
	kernel->control->own_gdtr = (struct table_register){ KERNEL_GDT_ENTRIES * 8 - 1, kernel->gdt_linear };
	kernel->control->stack = (uintptr_t)stacks[number + 1];
}

void kernel_start_at(struct kernel *kernel, void (*main)(uintptr_t back_entry))
{
	uintptr_t *stack = (uintptr_t *)kernel->control->stack;

	/* As control.S pops them: registers, the return address, what kernel_first_steps takes. */
	*--stack = (uintptr_t)main;
	*--stack = (uintptr_t)kernel_first_steps;
	for (unsigned int i = 0; i < (IS_64 ? 6 : 4); i++)
		*--stack = 0;
	kernel->control->stack = (uintptr_t)stack;
}

uintptr_t kernel_jump(struct kernel *kernel, uint64_t entry)
{
	uintptr_t (*jump)(uintptr_t) = (uintptr_t(*)(uintptr_t))(uintptr_t)kernel->control_page;

	kernel->control->found_gdtr = (struct table_register){ 0, 0 };
	return jump((uintptr_t)entry);
}

void check_came_back(const struct kernel *kernel, const char *name)
{
	const struct control *control = kernel->control;
	bool gdt = control->found_gdtr.base == kernel->gdt_linear &&
		   control->found_gdtr.limit == KERNEL_GDT_ENTRIES * 8 - 1;
	/* Another CS works until the first interrupt returns; i386 kernels never load CS on their way. */
	bool segments = control->found_cs == KERNEL_CS && control->found_ds == KERNEL_DS &&
			control->found_es == KERNEL_DS && control->found_ss == KERNEL_DS;
	bool flags = !(control->found_flags & (FLAG_INTERRUPTS | FLAG_DIRECTION));

	check(gdt && segments && flags, name);
	if (!gdt)
		print("# the GDT register is wrong\n");
	if (!segments)
		print("# a segment register is wrong\n");
	if (!flags)
		print("# the flags are wrong\n");
}
