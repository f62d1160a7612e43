/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers and layouts of the multiboot protocols: Multiboot Specification
 * 0.6.96 (MB1_) and Multiboot2 Specification 2.0 (MB2_), sections 3.1 (the
 * image's header) and 3.3, 3.4 and 3.6 (the information it gets).
 */
#ifndef KJ_MULTIBOOT_LAYOUT_H
#define KJ_MULTIBOOT_LAYOUT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* Version 1: header */
#define MB1_HEADER_MAGIC 0x1badb002
#define MB1_HEADER_PAGE_ALIGN 0x1u
#define MB1_HEADER_MEMORY 0x2u
#define MB1_HEADER_VIDEO 0x4u
#define MB1_HEADER_REQUIRED 0xffffu /* an unknown bit among these refuses the image */
#define MB1_HEADER_ADDRESSES 0x10000u
#define MB1_HEADER_ADDRESS_FIELDS 12 /* offset of header_addr, load_addr, load_end_addr, bss_end_addr */
#define MB1_HEADER_ENTRY 28
#define MB1_HEADER_ADDRESSES_END 32

/* Version 1: information */
#define MB1_INFO_MEMORY 0x1u
#define MB1_INFO_CMDLINE 0x4u
#define MB1_INFO_MODULES 0x8u
#define MB1_INFO_MEMORY_MAP 0x40u
#define MB1_INFO_LOADER_NAME 0x200u
#define MB1_INFO_FRAMEBUFFER 0x1000u

struct mb1_info {
	uint32_t flags;
	uint32_t mem_lower, mem_upper; /* KiB */
	uint32_t boot_device;
	uint32_t cmdline;
	uint32_t mods_count, mods_addr;
	uint32_t syms[4];
	uint32_t mmap_length, mmap_addr;
	uint32_t drives_length, drives_addr;
	uint32_t config_table;
	uint32_t boot_loader_name;
	uint32_t apm_table;
	uint32_t vbe[4];
	uint64_t framebuffer_addr;
	uint32_t framebuffer_pitch, framebuffer_width, framebuffer_height;
	uint8_t framebuffer_bpp, framebuffer_type;
	uint8_t color_info[6];
} __attribute__((packed));
static_assert(offsetof(struct mb1_info, framebuffer_addr) == 88 && sizeof(struct mb1_info) == 116, "0.6.96, 3.3");

struct mb1_module {
	uint32_t start, end, string, reserved;
};

struct mb1_mmap_entry {
	uint32_t size; /* of what follows it */
	uint64_t start, length;
	uint32_t type;
} __attribute__((packed));
static_assert(sizeof(struct mb1_mmap_entry) == 24, "0.6.96, 3.3");

/* Version 2: header */
#define MB2_HEADER_MAGIC 0xe85250d6
#define MB2_HEADER_I386 0
#define MB2_HEADER_OPTIONAL 0x1u
enum {
	MB2_HEADER_END = 0,
	MB2_HEADER_REQUESTS = 1,
	MB2_HEADER_ADDRESS = 2,
	MB2_HEADER_ENTRY = 3,
	MB2_HEADER_CONSOLE = 4,
	MB2_HEADER_FRAMEBUFFER = 5,
	MB2_HEADER_PAGE_ALIGN = 6,
	MB2_HEADER_ENTRY_EFI32 = 8,
	MB2_HEADER_ENTRY_EFI64 = 9,
	MB2_HEADER_RELOCATABLE = 10,
};
#define MB2_PREFER_HIGH 2

/* Version 2: information, tag types */
enum {
	MB2_END = 0,
	MB2_CMDLINE = 1,
	MB2_LOADER_NAME = 2,
	MB2_MODULE = 3,
	MB2_BASIC_MEMORY = 4,
	MB2_MEMORY_MAP = 6,
	MB2_FRAMEBUFFER = 8,
	MB2_ACPI_OLD = 14, /* a copy of the RSDP of ACPI 1.0 */
	MB2_ACPI_NEW = 15, /* and of ACPI 2.0 and later */
	MB2_LOAD_BASE = 21,
};

/*
 * The information that a header may request, as bits of the tag types. EFI's is not provided: once a
 * kernel has given the firmware a virtual map, only that kernel can use the pointers of its system table.
 */
#define MB2_PROVIDED                                                                                           \
	(1u << MB2_CMDLINE | 1u << MB2_LOADER_NAME | 1u << MB2_MODULE | 1u << MB2_BASIC_MEMORY |               \
	 1u << MB2_MEMORY_MAP | 1u << MB2_FRAMEBUFFER | 1u << MB2_ACPI_OLD | 1u << MB2_ACPI_NEW | 1u << MB2_LOAD_BASE)

struct mb2_mmap_entry {
	uint64_t start, length;
	uint32_t type, reserved;
};
static_assert(sizeof(struct mb2_mmap_entry) == 24, "2.0, 3.6.8");

/* Both versions: types of memory; the same as e820's */
enum { MB_RAM = 1, MB_RESERVED = 2, MB_ACPI = 3, MB_NVS = 4, MB_UNUSABLE = 5 };

/* Both versions: framebuffer types */
enum { MB_FRAMEBUFFER_RGB = 1, MB_FRAMEBUFFER_TEXT = 2 };

#endif
