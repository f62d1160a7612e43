/* SPDX-License-Identifier: GPL-2.0-only */
/* The notes that pass a plain program its command line and the name of its loader. */
#ifndef KJ_ELF_BOOT_NOTES_H
#define KJ_ELF_BOOT_NOTES_H

#include <stddef.h>
#include <stdint.h>

/* In EAX at the entry of a program that takes ELF boot notes; EBX points to them. */
#define ELF_BOOT_MAGIC 0x0e1fb007

/*
 * The notes of the ELF boot proposal (Etherboot's elf_boot.h): a header with
 * magic, size, Internet checksum and record count, then the loader's name and
 * version and the command line. Heap.
 */
uint8_t *elf_boot_notes_build(const char *cmdline, size_t *ret_size);

#endif
