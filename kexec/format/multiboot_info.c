/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/multiboot_info.h"

#include "config.h"
#include "kexec/format/multiboot_layout.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"

#define LOADER_NAME PACKAGE_NAME " " PACKAGE_VERSION

/* struct screen_info, include/uapi/linux/screen_info.h */
enum {
	SCREEN_COLS = 0x07,
	SCREEN_LINES = 0x0e,
	SCREEN_TYPE = 0x0f, /* orig_video_isVGA */
	SCREEN_LFB_WIDTH = 0x12,
	SCREEN_LFB_HEIGHT = 0x14,
	SCREEN_LFB_DEPTH = 0x16,
	SCREEN_LFB_BASE = 0x18,
	SCREEN_LFB_PITCH = 0x24,
	SCREEN_COLORS = 0x26, /* size and position of red, of green, of blue */
	SCREEN_LFB_BASE_HIGH = 0x3a,
};
#define SCREEN_TYPE_TEXT 0x01
#define SCREEN_TYPE_VESA 0x23
#define SCREEN_TYPE_EFI 0x70
#define TEXT_SCREEN_ADDRESS 0xb8000

struct multiboot_screen multiboot_screen_of(const uint8_t *screen_info)
{
	uint8_t type = screen_info[SCREEN_TYPE];
	struct multiboot_screen screen = { 0 };

	if (type == SCREEN_TYPE_TEXT && screen_info[SCREEN_COLS] && screen_info[SCREEN_LINES])
		return (struct multiboot_screen){ .type = MB_FRAMEBUFFER_TEXT,
						  .address = TEXT_SCREEN_ADDRESS,
						  .pitch = screen_info[SCREEN_COLS] * 2u,
						  .width = screen_info[SCREEN_COLS],
						  .height = screen_info[SCREEN_LINES],
						  .bits_per_pixel = 16 };
	if (type != SCREEN_TYPE_VESA && type != SCREEN_TYPE_EFI)
		return screen;
	screen = (struct multiboot_screen){ .type = MB_FRAMEBUFFER_RGB,
					    .address = load_u32(screen_info + SCREEN_LFB_BASE) |
						       (uint64_t)load_u32(screen_info + SCREEN_LFB_BASE_HIGH) << 32,
					    .pitch = load_u16(screen_info + SCREEN_LFB_PITCH),
					    .width = load_u16(screen_info + SCREEN_LFB_WIDTH),
					    .height = load_u16(screen_info + SCREEN_LFB_HEIGHT),
					    .bits_per_pixel = (uint8_t)load_u16(screen_info + SCREEN_LFB_DEPTH) };
	/* The kernel has size before position, multiboot the other way round. */
	for (size_t i = 0; i < sizeof(screen.colors); i++)
		screen.colors[i] = screen_info[SCREEN_COLORS + (i ^ 1)];
	return screen;
}

/* The block as far as it is built. */
struct block {
	uint8_t *data;
	size_t size, capacity;
};

/* Adds bytes, the beginning aligned to 8; returns their offset. */
static size_t add(struct block *block, const void *data, size_t size)
{
	size_t at = (block->size + 7) & ~(size_t)7;

	block->data = xgrow(block->data, &block->capacity, at + size, 1);
	memset(block->data + block->size, 0, at - block->size);
	memcpy(block->data + at, data, size);
	block->size = at + size;
	return at;
}

static size_t add_text(struct block *block, const char *text)
{
	return add(block, text, strlen(text) + 1);
}

/* The types that multiboot knows; all other memory is reserved. */
static uint32_t multiboot_type(enum memory_type type)
{
	switch (type) {
	case MEMORY_RAM:
		return MB_RAM;
	case MEMORY_ACPI:
		return MB_ACPI;
	case MEMORY_NVS:
		return MB_NVS;
	case MEMORY_UNUSABLE:
		return MB_UNUSABLE;
	default:
		return MB_RESERVED;
	}
}

/* KiB of RAM from `start` on without a hole, and not beyond `end`. */
static uint32_t ram_kib(const struct memmap *map, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < map->count; i++) {
		struct span ram = span_intersect(map->entries[i].span, (struct span){ start, end });

		/* A kernel may leave page 0, which it keeps for itself, out of its map. */
		if (map->entries[i].type == MEMORY_RAM && !span_is_empty(ram) && ram.start <= start + PAGE_SIZE_BYTES)
			return (uint32_t)(span_size((struct span){ start, ram.end }) / 1024);
	}
	return 0;
}

static uint32_t lower_kib(const struct memmap *map)
{
	return ram_kib(map, 0, LOW_MEMORY_END);
}

static uint32_t upper_kib(const struct memmap *map)
{
	return ram_kib(map, MIB, UINT64_C(1) << 42);
}

/* ---- version 1: a struct that points to the rest ---- */

static uint32_t add_mb1_modules(struct block *block, const struct multiboot_info_input *input, uint32_t start)
{
	struct mb1_module *list = xcalloc(input->module_count + 1, sizeof(*list));

	for (size_t i = 0; i < input->module_count; i++) {
		const struct multiboot_module *module = &input->modules[i];

		list[i] = (struct mb1_module){ (uint32_t)module->memory.start, (uint32_t)module->memory.end,
					       start + (uint32_t)add_text(block, module->text), 0 };
	}

	uint32_t at = (uint32_t)add(block, list, input->module_count * sizeof(*list));

	free(list);
	return start + at;
}

static uint32_t add_mb1_memory_map(struct block *block, const struct memmap *map, uint32_t start)
{
	uint32_t first = 0;

	for (size_t i = 0; i < map->count; i++) {
		struct mb1_mmap_entry entry = { sizeof(entry) - sizeof(entry.size), map->entries[i].span.start,
						span_size(map->entries[i].span), multiboot_type(map->entries[i].type) };
		uint32_t at = start + (uint32_t)add(block, &entry, sizeof(entry));

		first = i ? first : at;
	}
	return first;
}

static void put_mb1_screen(struct mb1_info *info, const struct multiboot_screen *screen)
{
	if (!screen->type)
		return;
	info->flags |= MB1_INFO_FRAMEBUFFER;
	info->framebuffer_addr = screen->address;
	info->framebuffer_pitch = screen->pitch;
	info->framebuffer_width = screen->width;
	info->framebuffer_height = screen->height;
	info->framebuffer_bpp = screen->bits_per_pixel;
	info->framebuffer_type = screen->type;
	memcpy(info->color_info, screen->colors, sizeof(info->color_info));
}

static void build_mb1(struct block *block, const struct multiboot_info_input *input, uint32_t start)
{
	struct mb1_info info = { .flags = MB1_INFO_MEMORY | MB1_INFO_CMDLINE | MB1_INFO_MODULES | MB1_INFO_MEMORY_MAP |
					  MB1_INFO_LOADER_NAME };

	add(block, &info, sizeof(info));
	info.mem_lower = lower_kib(input->memmap);
	info.mem_upper = upper_kib(input->memmap);
	info.cmdline = start + (uint32_t)add_text(block, input->cmdline);
	info.boot_loader_name = start + (uint32_t)add_text(block, LOADER_NAME);
	info.mods_count = (uint32_t)input->module_count;
	info.mods_addr = add_mb1_modules(block, input, start);
	info.mmap_length = (uint32_t)(input->memmap->count * sizeof(struct mb1_mmap_entry));
	info.mmap_addr = add_mb1_memory_map(block, input->memmap, start);
	put_mb1_screen(&info, &input->screen);
	memcpy(block->data, &info, sizeof(info));
}

/* ---- version 2: a list of tags ---- */

/* Adds a tag: its numbers, and the rest behind them. */
static void add_tag(struct block *block, uint32_t type, const void *numbers, size_t numbers_size, const void *rest,
		    size_t rest_size)
{
	uint32_t header[2] = { type, (uint32_t)(sizeof(header) + numbers_size + rest_size) };
	size_t at = add(block, header, sizeof(header));

	/* The parts follow each other without a gap; only tags are aligned. */
	block->data = xgrow(block->data, &block->capacity, at + header[1], 1);
	if (numbers_size)
		memcpy(block->data + at + sizeof(header), numbers, numbers_size);
	if (rest_size)
		memcpy(block->data + at + sizeof(header) + numbers_size, rest, rest_size);
	block->size = at + header[1];
}

static void add_text_tag(struct block *block, uint32_t type, const char *text)
{
	add_tag(block, type, NULL, 0, text, strlen(text) + 1);
}

static void add_module_tags(struct block *block, const struct multiboot_info_input *input)
{
	for (size_t i = 0; i < input->module_count; i++) {
		const struct multiboot_module *module = &input->modules[i];
		uint32_t memory[2] = { (uint32_t)module->memory.start, (uint32_t)module->memory.end };

		add_tag(block, MB2_MODULE, memory, sizeof(memory), module->text, strlen(module->text) + 1);
	}
}

static void add_memory_tags(struct block *block, const struct memmap *map)
{
	uint32_t basic[2] = { lower_kib(map), upper_kib(map) };
	uint32_t layout[2] = { sizeof(struct mb2_mmap_entry), 0 };
	struct mb2_mmap_entry *entries = xcalloc(map->count + 1, sizeof(*entries));

	for (size_t i = 0; i < map->count; i++)
		entries[i] = (struct mb2_mmap_entry){ map->entries[i].span.start, span_size(map->entries[i].span),
						      multiboot_type(map->entries[i].type), 0 };
	add_tag(block, MB2_BASIC_MEMORY, basic, sizeof(basic), NULL, 0);
	add_tag(block, MB2_MEMORY_MAP, layout, sizeof(layout), entries, map->count * sizeof(*entries));
	free(entries);
}

static void add_screen_tag(struct block *block, const struct multiboot_screen *screen)
{
	struct {
		uint64_t address;
		uint32_t pitch, width, height;
		uint8_t bits_per_pixel, type;
		uint16_t reserved;
	} __attribute__((packed)) numbers = { screen->address, screen->pitch, screen->width, screen->height,
					      screen->bits_per_pixel, screen->type, 0 };

	if (screen->type)
		add_tag(block, MB2_FRAMEBUFFER, &numbers, sizeof(numbers), screen->colors,
			screen->type == MB_FRAMEBUFFER_RGB ? sizeof(screen->colors) : 0);
}

/* The first root pointer ends after 20 bytes; a longer one is of ACPI 2.0 or later (ACPI 6.5, 5.2.5.3). */
static void add_acpi_tag(struct block *block, struct bytes rsdp)
{
	if (rsdp.size)
		add_tag(block, rsdp.size > 20 ? MB2_ACPI_NEW : MB2_ACPI_OLD, NULL, 0, rsdp.data, rsdp.size);
}

static void build_mb2(struct block *block, const struct multiboot_info_input *input)
{
	uint32_t total[2] = { 0 };

	add(block, total, sizeof(total));
	add_text_tag(block, MB2_CMDLINE, input->cmdline);
	add_text_tag(block, MB2_LOADER_NAME, LOADER_NAME);
	add_module_tags(block, input);
	add_memory_tags(block, input->memmap);
	add_screen_tag(block, &input->screen);
	add_acpi_tag(block, input->rsdp);
	if (input->relocatable)
		add_tag(block, MB2_LOAD_BASE, &input->load_base, sizeof(input->load_base), NULL, 0);
	add_tag(block, MB2_END, NULL, 0, NULL, 0);
	total[0] = (uint32_t)block->size;
	memcpy(block->data, total, sizeof(total));
}

uint8_t *multiboot_info_build(const struct multiboot_info_input *input, uint32_t start, size_t *ret_size)
{
	struct block block = { 0 };

	if (input->version == 2)
		build_mb2(&block, input);
	else
		build_mb1(&block, input, start);
	*ret_size = block.size;
	return block.data;
}
