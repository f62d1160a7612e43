/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/core_builder.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/alloc.h"

#define PAGE 4096u

static void die(const char *what)
{
	perror(what);
	exit(2);
}

void core_deinit(struct core_builder *core)
{
	buffer_deinit(&core->notes);
	free(core->loads);
	free(core->pages);
	*core = (struct core_builder){ 0 };
}

void core_note(struct core_builder *core, const char *name, uint32_t type, const void *desc, size_t size)
{
	size_t name_size = strlen(name) + 1;

	put_u32(&core->notes, (uint32_t)name_size);
	put_u32(&core->notes, (uint32_t)size);
	put_u32(&core->notes, type);
	put(&core->notes, name, name_size);
	put_zeros(&core->notes, -name_size % 4);
	put(&core->notes, desc, size);
	put_zeros(&core->notes, -size % 4);
}

void core_load(struct core_builder *core, uint64_t linear, uint64_t phys, uint64_t size)
{
	core->loads = xgrow(core->loads, &core->load_capacity, core->load_count + 1, sizeof(*core->loads));
	core->loads[core->load_count++] = (struct elf_segment){
		.type = PT_LOAD, .flags = PF_R | PF_W | PF_X, .vaddr = linear, .paddr = phys,
		.file_size = size, .memory_size = size, .align = PAGE,
	};
}

void core_load_part(struct core_builder *core, uint64_t linear, uint64_t phys, uint64_t held, uint64_t size)
{
	core_load(core, linear, phys, held);
	core->loads[core->load_count - 1].memory_size = size;
}

static uint8_t *page_at(struct core_builder *core, uint64_t phys)
{
	for (size_t i = 0; i < core->page_count; i++)
		if (core->pages[i].phys == phys)
			return core->pages[i].bytes;
	core->pages = xgrow(core->pages, &core->page_capacity, core->page_count + 1, sizeof(*core->pages));
	core->pages[core->page_count] = (struct core_page){ .phys = phys };
	return core->pages[core->page_count++].bytes;
}

void core_write(struct core_builder *core, uint64_t phys, const void *data, size_t size)
{
	for (size_t done = 0, part; done < size; done += part) {
		size_t offset = (size_t)((phys + done) % PAGE);

		part = size - done < PAGE - offset ? size - done : PAGE - offset;
		memcpy(page_at(core, phys + done - offset) + offset, (const uint8_t *)data + done, part);
	}
}

/* Intel SDM vol. 3, 4.2 to 4.5: present, writable, accessed, dirty; page size; no execution. */
#define ENTRY_TABLE UINT64_C(0x63)
#define ENTRY_PDPTE UINT64_C(0x1) /* of PAE: the other low bits are reserved */
#define ENTRY_PAGE UINT64_C(0x163)
#define ENTRY_LARGE UINT64_C(0x80)
#define ENTRY_NX (UINT64_C(1) << 63)

void core_map(struct core_builder *core, uint64_t linear, uint64_t phys, bool large)
{
	bool narrow = core->paging_levels == 2;
	unsigned int entry_bytes = narrow ? 4 : 8, bits = narrow ? 10 : 9;
	uint64_t table = core->root_phys, nx = core->arch->is_64 ? ENTRY_NX : 0;

	for (int level = core->paging_levels - 1;; level--) {
		unsigned int shift = 12 + bits * (unsigned int)level;
		uint64_t index = linear >> shift & ((1u << bits) - 1), entry = 0;

		/* A PAE root has four entries, of 2 bits; linear addresses of 32 bits never give more. */
		uint8_t *at = page_at(core, table - table % PAGE) + table % PAGE + index * entry_bytes;

		memcpy(&entry, at, entry_bytes);
		if (level == 0 || (large && level == 1)) {
			entry = phys | ENTRY_PAGE | (level ? ENTRY_LARGE : 0) | nx;
			memcpy(at, &entry, entry_bytes);
			return;
		}
		if (!entry) {
			entry = core->next_table | (core->paging_levels == 3 && level == 2 ? ENTRY_PDPTE : ENTRY_TABLE);
			memcpy(at, &entry, entry_bytes);
			core->next_table += PAGE;
		}
		table = entry & UINT64_C(0x000ffffffffff000);
	}
}

/* As arch/x86/kernel/cpu/common.c, setup_getcpu and set_tss_desc leave them. */
static void gdt_64(uint64_t *gdt, unsigned int cpu, bool live)
{
	static const uint64_t flat[] = { 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff,
					 0x00cffb000000ffff, 0x00cff3000000ffff, 0x00affb000000ffff };

	memcpy(gdt + 1, flat, sizeof(flat));
	if (!live)
		return;
	gdt[8] = 0x00008b0030004087 + ((uint64_t)cpu << 32);
	gdt[9] = 0x00000000fffffe00;
	gdt[15] = 0x0040f50000000000 | cpu;
}

static void gdt_32(uint64_t *gdt, unsigned int cpu, bool live)
{
	static const uint64_t flat[] = { 0x00cf9a000000ffff, 0x00cf93000000ffff, 0x00cffa000000ffff,
					 0x00cff2000000ffff };

	memcpy(gdt + 12, flat, sizeof(flat));
	if (live)
		gdt[16] = 0xff008b406000206b + ((uint64_t)cpu << 32);
}

void core_gdt(struct core_builder *core, uint64_t phys, unsigned int cpu, bool live)
{
	uint64_t gdt[32] = { 0 };

	(core->arch->is_64 ? gdt_64 : gdt_32)(gdt, cpu, live);
	core_write(core, phys, gdt, sizeof(gdt));
}

static void write_at(int fd, uint64_t offset, const void *data, size_t size)
{
	if (pwrite(fd, data, size, (off_t)offset) != (ssize_t)size)
		die("cannot write the core");
}

static void write_page(const struct core_builder *core, int fd, const struct core_page *page)
{
	for (size_t i = 0; i < core->load_count; i++) {
		const struct elf_segment *load = &core->loads[i];

		if (load->paddr != ELF_NO_ADDRESS && page->phys >= load->paddr &&
		    page->phys - load->paddr < load->file_size)
			write_at(fd, load->file_offset + (page->phys - load->paddr), page->bytes, PAGE);
	}
}

/* Memory first: what is not RAM (vmalloc: terabytes) may lie beyond the largest file there can be. */
static uint64_t give_offsets(const struct core_builder *core, uint64_t offset, bool with_phys)
{
	for (size_t i = 0; i < core->load_count; i++) {
		if ((core->loads[i].paddr != ELF_NO_ADDRESS) != with_phys)
			continue;
		core->loads[i].file_offset = offset;
		offset += core->loads[i].file_size;
	}
	return offset;
}

void core_write_file(const struct core_builder *core, const char *path)
{
	AUTO_BUFFER struct buffer head = { 0 };
	size_t count = core->load_count + 1;
	struct elf_segment *segments = xcalloc(count, sizeof(*segments));
	struct elf_spec spec = { .is_64 = core->arch->is_64, .type = ET_CORE, .machine = core->arch->elf_machine,
				 .segments = segments, .segment_count = count };
	uint64_t notes_at = sizeof(Elf64_Ehdr) + count * sizeof(Elf64_Phdr);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		die(path);
	uint64_t data_at = (notes_at + core->notes.size + PAGE - 1) / PAGE * PAGE;

	give_offsets(core, give_offsets(core, data_at, true), false);
	segments[0] = (struct elf_segment){ .type = PT_NOTE, .file_offset = notes_at, .file_size = core->notes.size };
	if (core->load_count)
		memcpy(segments + 1, core->loads, core->load_count * sizeof(*segments));
	build_elf(&head, &spec);
	write_at(fd, 0, head.data, head.size);
	if (core->notes.size)
		write_at(fd, notes_at, core->notes.data, core->notes.size);
	for (size_t i = 0; i < core->page_count; i++)
		write_page(core, fd, &core->pages[i]);
	free(segments);
	if (close(fd) < 0)
		die(path);
}
