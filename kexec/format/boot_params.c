/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/boot_params.h"

#include <string.h>

#include "include/boot_params_layout.h"
#include "lib/base/bytes.h"
#include "lib/base/alloc.h"

/* A node of setup_data that is in the block. */
struct node {
	uint32_t type;
	size_t offset;
	size_t size; /* without struct setup_data */
};

/* Where the parts of the block lie in it. */
struct layout {
	struct node nodes[4];
	size_t node_count;
	size_t efi_map; /* 0: not there */
	size_t cmdline;
	size_t size;
};

struct e820_record {
	uint64_t start, size;
	uint32_t type;
} __attribute__((packed));
_Static_assert(sizeof(struct e820_record) == BP_E820_RECORD_BYTES, "struct boot_e820_entry");

struct setup_data {
	uint64_t next;
	uint32_t type;
	uint32_t size;
};

/* struct efi_setup_data, arch/x86/include/asm/efi.h; Linux 5.7 and later do not read `runtime` */
struct efi_setup {
	uint64_t fw_vendor, runtime, tables, smbios, reserved[8];
};

/* EFI_MEMORY_DESCRIPTOR, UEFI specification 7.2 */
struct efi_descriptor {
	uint32_t type, padding;
	uint64_t phys, virt, page_count, attribute;
};

bool boot_params_pass_efi(const struct boot_params_input *input)
{
	const struct machine *machine = input->machine;
	const char *signature = (const char *)machine->boot_params + BP_EFI_INFO;
	uint16_t xloadflags = input->bzimage ?
				      bytes_u16(input->bzimage->setup_header, BP_XLOADFLAGS - BP_SETUP_HEADER) :
				      XLF_EFI_KEXEC;

	return !input->no_efi && machine->efi.entry_count && machine->has_boot_params && (xloadflags & XLF_EFI_KEXEC) &&
	       !memcmp(signature, input->entry_64 ? "EL64" : "EL32", 4);
}

/* Nodes are aligned: the kernel reads a device tree where it is. */
static void add_node(struct layout *layout, uint32_t type, size_t size)
{
	layout->nodes[layout->node_count++] = (struct node){ type, layout->size, size };
	layout->size += (sizeof(struct setup_data) + size + 7) & ~(size_t)7;
}

static struct layout layout_of(const struct boot_params_input *input)
{
	struct layout layout = { .size = BOOT_PARAMS_BYTES };

	if (input->memmap->count > BP_E820_MAX)
		add_node(&layout, SETUP_DATA_E820_EXT,
			 (input->memmap->count - BP_E820_MAX) * sizeof(struct e820_record));
	if (boot_params_pass_efi(input)) {
		add_node(&layout, SETUP_DATA_EFI, sizeof(struct efi_setup));
		layout.efi_map = layout.size;
		layout.size += input->machine->efi.entry_count * sizeof(struct efi_descriptor);
	}
	if (input->device_tree.size)
		add_node(&layout, SETUP_DATA_DTB, input->device_tree.size);
	if (input->rng_seed)
		add_node(&layout, SETUP_DATA_RNG_SEED, BOOT_PARAMS_SEED_BYTES);
	layout.cmdline = layout.size;
	layout.size += input->cmdline_room_bytes;
	return layout;
}

size_t boot_params_size(const struct boot_params_input *input)
{
	return layout_of(input).size;
}

static void put_setup_header(uint8_t *block, const struct boot_params_input *input)
{
	if (input->bzimage) {
		struct bytes header = input->bzimage->setup_header;

		memcpy(block + BP_SETUP_HEADER, header.data, header.size);
	} else {
		/* A vmlinux has none: the fields that its early code reads, as in its bzImage (arch/x86/boot/header.S). */
		store_u16(block + BP_ROOT_FLAGS, ROOT_FLAG_READ_ONLY);
		store_u16(block + BP_VID_MODE, VID_MODE_NORMAL);
		memcpy(block + BP_BOOT_FLAG, "\x55\xaa", 2);
		memcpy(block + BP_HEADER_MAGIC, "HdrS", 4);
		memcpy(block + BP_VERSION, "\x0c\x02", 2);
	}
	block[BP_TYPE_OF_LOADER] = LOADER_TYPE_KEXEC;
	block[BP_LOADFLAGS] |= LOADFLAG_LOADED_HIGH;
}

/*
 * Copies the fields that the firmware gave to the first kernel: only that one could ask for them, and every later
 * kernel gets them from the previous one. Two are left out, as the next kernel would call code that serves this one:
 * tboot (the measured launch ends with this kernel) and the APM BIOS (connected to this kernel). kexec_file_load passes
 * neither (arch/x86/kernel/kexec-bzimage64.c, setup_boot_parameters).
 */
static void pass_on(uint8_t *block, const struct boot_params_input *input)
{
	const struct machine *machine = input->machine;
	static const struct {
		size_t offset, size;
	} fields[] = {
		{ BP_SCREEN_INFO, 0x40 },    { BP_IST_INFO, 0x10 },       { BP_DISK_INFO, 0x20 }, { BP_SYS_DESC_TABLE, 0x10 },
		{ BP_EDID_INFO, 0x80 },      { BP_ALT_MEM_K, 4 },         { BP_EDD_COUNTS, 2 },   { BP_SECURE_BOOT, 1 },
		{ BP_HARDWARE_SUBARCH, 12 }, { BP_EDD_SIGNATURES, 0x40 }, { BP_EDD_INFO, 0x1ec },
	};

	for (size_t i = 0; machine->has_boot_params && i < ARRAY_COUNT(fields); i++)
		memcpy(block + fields[i].offset, machine->boot_params + fields[i].offset, fields[i].size);
	screen_fill(block + BP_SCREEN_INFO, input->screen);
	store_u64(block + BP_ACPI_RSDP, machine->acpi_rsdp);
}

static void put_record(uint8_t *to, const struct memmap_entry *entry)
{
	struct e820_record record = { entry->span.start, span_size(entry->span), (uint32_t)entry->type };

	memcpy(to, &record, sizeof(record));
}

static void put_memmap(uint8_t *block, const struct memmap *map)
{
	size_t count = map->count < BP_E820_MAX ? map->count : BP_E820_MAX;

	block[BP_E820_COUNT] = (uint8_t)count;
	for (size_t i = 0; i < count; i++)
		put_record(block + BP_E820_TABLE + i * BP_E820_RECORD_BYTES, &map->entries[i]);
}

static void fill_e820_ext(uint8_t *data, const struct memmap *map)
{
	for (size_t i = BP_E820_MAX; i < map->count; i++)
		put_record(data + (i - BP_E820_MAX) * BP_E820_RECORD_BYTES, &map->entries[i]);
}

static void fill_efi(uint8_t *data, const struct efi *efi)
{
	struct efi_setup setup = { .fw_vendor = efi->fw_vendor,
				   .runtime = efi->runtime,
				   .tables = efi->config_table,
				   .smbios = efi->smbios };

	memcpy(data, &setup, sizeof(setup));
}

static void fill_node(uint8_t *data, const struct boot_params_input *input, const struct node *node)
{
	switch (node->type) {
	case SETUP_DATA_E820_EXT:
		fill_e820_ext(data, input->memmap);
		break;
	case SETUP_DATA_EFI:
		fill_efi(data, &input->machine->efi);
		break;
	case SETUP_DATA_DTB:
		memcpy(data, input->device_tree.data, node->size);
		break;
	case SETUP_DATA_RNG_SEED:
		memcpy(data, input->rng_seed, node->size);
		break;
	}
}

/* Fills the nodes, each put in front of the list whose head is in the zero page. */
static void put_setup_data(uint8_t *block, uint64_t start, const struct boot_params_input *input,
			   const struct layout *layout)
{
	store_u64(block + BP_SETUP_DATA, 0);
	for (size_t i = 0; i < layout->node_count; i++) {
		const struct node *node = &layout->nodes[i];
		struct setup_data header = { load_u64(block + BP_SETUP_DATA), node->type, (uint32_t)node->size };

		memcpy(block + node->offset, &header, sizeof(header));
		fill_node(block + node->offset + sizeof(header), input, node);
		store_u64(block + BP_SETUP_DATA, start + node->offset);
	}
}

static void put_efi_info(uint8_t *block, uint64_t map, const struct machine *machine, size_t map_offset)
{
	const struct efi *efi = &machine->efi;

	for (size_t i = 0; i < efi->entry_count; i++) {
		const struct efi_runtime_entry *entry = &efi->entries[i];
		struct efi_descriptor descriptor = { entry->type, 0, entry->phys, entry->virt, entry->page_count,
						     entry->attribute };

		memcpy(block + map_offset + i * sizeof(descriptor), &descriptor, sizeof(descriptor));
	}
	memcpy(block + BP_EFI_INFO, machine->boot_params + BP_EFI_INFO, 0x20);
	store_u32(block + BP_EFI_INFO + EFI_INFO_DESC_SIZE, sizeof(struct efi_descriptor));
	store_u32(block + BP_EFI_INFO + EFI_INFO_DESC_VERSION, 1);
	store_u32(block + BP_EFI_INFO + EFI_INFO_MAP, (uint32_t)map);
	store_u32(block + BP_EFI_INFO + EFI_INFO_MAP_SIZE, (uint32_t)(efi->entry_count * sizeof(struct efi_descriptor)));
	store_u32(block + BP_EFI_INFO + EFI_INFO_MAP_HIGH, (uint32_t)(map >> 32));
}

uint8_t *boot_params_build(const struct boot_params_input *input, uint64_t start, size_t *ret_cmdline_offset)
{
	struct layout layout = layout_of(input);
	uint8_t *block = xcalloc(layout.size, 1);
	uint64_t cmdline = start + layout.cmdline;

	put_setup_header(block, input);
	pass_on(block, input);
	put_memmap(block, input->memmap);
	put_setup_data(block, start, input, &layout);
	if (layout.efi_map)
		put_efi_info(block, start + layout.efi_map, input->machine, layout.efi_map);
	store_u32(block + BP_RAMDISK_IMAGE, (uint32_t)input->initrd.start);
	store_u32(block + BP_RAMDISK_SIZE, (uint32_t)span_size(input->initrd));
	store_u32(block + BP_EXT_RAMDISK_IMAGE, (uint32_t)(input->initrd.start >> 32));
	store_u32(block + BP_EXT_RAMDISK_SIZE, (uint32_t)(span_size(input->initrd) >> 32));
	store_u32(block + BP_CMD_LINE_PTR, (uint32_t)cmdline);
	store_u32(block + BP_EXT_CMD_LINE_PTR, (uint32_t)(cmdline >> 32));
	memcpy(block + layout.cmdline, input->cmdline, strlen(input->cmdline) + 1);
	*ret_cmdline_offset = layout.cmdline;
	return block;
}
