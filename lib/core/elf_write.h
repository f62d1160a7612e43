/* SPDX-License-Identifier: GPL-2.0-only */
/* The headers of an ELF core to write, in either class (ELF specification 1.2; <elf.h>). */
#ifndef KJ_ELF_WRITE_H
#define KJ_ELF_WRITE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the ELF header and so many program headers after it. */
size_t elf_headers_size(bool is_64, size_t phdr_count);

/* Writes the ELF header of a core, with an entry; returns where the program headers go. */
uint8_t *elf_put_core_header(uint8_t *at, bool is_64, uint16_t machine, uint64_t entry, size_t phdr_count);

/* Writes one program header; returns where the next one goes. All values fit the class. */
uint8_t *elf_put_phdr(uint8_t *at, bool is_64, const Elf64_Phdr *phdr);

#endif
