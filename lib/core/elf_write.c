/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/elf_write.h"

#include <string.h>

size_t elf_headers_size(bool is_64, size_t phdr_count)
{
	return is_64 ? sizeof(Elf64_Ehdr) + phdr_count * sizeof(Elf64_Phdr) :
		       sizeof(Elf32_Ehdr) + phdr_count * sizeof(Elf32_Phdr);
}

uint8_t *elf_put_phdr(uint8_t *at, bool is_64, const Elf64_Phdr *phdr)
{
	if (is_64) {
		memcpy(at, phdr, sizeof(*phdr));
		return at + sizeof(*phdr);
	}
	Elf32_Phdr small = {
		.p_type = phdr->p_type,
		.p_flags = phdr->p_flags,
		.p_offset = (Elf32_Off)phdr->p_offset,
		.p_vaddr = (Elf32_Addr)phdr->p_vaddr,
		.p_paddr = (Elf32_Addr)phdr->p_paddr,
		.p_filesz = (Elf32_Word)phdr->p_filesz,
		.p_memsz = (Elf32_Word)phdr->p_memsz,
	};

	memcpy(at, &small, sizeof(small));
	return at + sizeof(small);
}

uint8_t *elf_put_core_header(uint8_t *at, bool is_64, uint16_t machine, uint64_t entry, size_t phdr_count)
{
	Elf64_Ehdr ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = machine,
		.e_version = EV_CURRENT,
		.e_entry = entry,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (Elf64_Half)phdr_count,
	};

	if (is_64) {
		memcpy(at, &ehdr, sizeof(ehdr));
		return at + sizeof(ehdr);
	}
	Elf32_Ehdr small = {
		.e_type = ehdr.e_type,
		.e_machine = ehdr.e_machine,
		.e_version = EV_CURRENT,
		.e_entry = (Elf32_Addr)entry,
		.e_phoff = sizeof(Elf32_Ehdr),
		.e_ehsize = sizeof(Elf32_Ehdr),
		.e_phentsize = sizeof(Elf32_Phdr),
		.e_phnum = (Elf32_Half)phdr_count,
	};

	memcpy(small.e_ident, ehdr.e_ident, EI_NIDENT);
	small.e_ident[EI_CLASS] = ELFCLASS32;
	memcpy(at, &small, sizeof(small));
	return at + sizeof(small);
}
