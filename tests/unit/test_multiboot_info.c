/* SPDX-License-Identifier: GPL-2.0-only */
/* The information that a multiboot image is given, read back as an image would. */
#include "kexec/format/multiboot_info.h"

#include <string.h>

#include "kexec/format/multiboot_layout.h"
#include "lib/base/alloc.h"
#include "lib/machine/memmap.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static uint8_t *make_info(const struct multiboot_info_input *input, uint32_t start, struct bytes *ret_bytes)
{
	uint8_t *info = multiboot_info_build(input, start, &ret_bytes->size);

	ret_bytes->data = info;
	return info;
}

static void fill_map(struct memmap *map)
{
	memmap_set(map, (struct span){ 0, 0x9fc00 }, MEMORY_RAM);
	memmap_set(map, (struct span){ 0x9fc00, 0xa0000 }, MEMORY_RESERVED);
	memmap_set(map, (struct span){ 0x100000, 0x3ff00000 }, MEMORY_RAM);
	memmap_set(map, (struct span){ 0x3ff00000, 0x3ff10000 }, MEMORY_ACPI);
	memmap_set(map, (struct span){ 0x3ff10000, 0x3ff20000 }, MEMORY_NVS);
	memmap_set(map, (struct span){ 0x3ff20000, 0x3ff30000 }, MEMORY_UNUSABLE);
	memmap_set(map, (struct span){ 0x3ff30000, 0x3ff40000 }, MEMORY_SOFT_RESERVED);
	memmap_set(map, (struct span){ UINT64_C(1) << 32, UINT64_C(3) << 32 }, MEMORY_RAM);
}

static const uint32_t wanted_types[] = { MB_RAM, MB_RESERVED, MB_RAM, MB_ACPI, MB_NVS, MB_UNUSABLE, MB_RESERVED, MB_RAM };

static const struct multiboot_module two_modules[] = {
	{ "/boot/one a b", { 0x600000, 0x600123 } },
	{ "two", { 0x601000, 0x605000 } },
};

/* The bytes at a physical address, the block being at `start`. */
static struct bytes at(struct bytes info, uint32_t start, uint32_t address)
{
	struct bytes rest = { 0 };

	if (address >= start)
		bytes_part(info, address - start, info.size - (address - start), &rest);
	return rest;
}

static bool has_text(struct bytes rest, const char *text)
{
	return rest.size > strlen(text) && !strcmp((const char *)rest.data, text);
}

static void test_mb1_info(void)
{
	AUTO_MEMMAP struct memmap map = { 0 };
	struct multiboot_info_input input = { .version = 1, .cmdline = "/boot/k x=1", .memmap = &map,
					      .modules = two_modules, .module_count = 2 };
	const uint32_t start = 0x700000;
	struct bytes bytes;
	struct mb1_info info;

	fill_map(&map);

	AUTO_FREE uint8_t *data = make_info(&input, start, &bytes);

	memcpy(&info, data, sizeof(info));
	ok(info.flags == 0x24d && info.mem_lower == 639 && info.mem_upper == (0x3ff00000 - 0x100000) / 1024,
	   "version 1: the sizes of lower and upper memory");
	ok(has_text(at(bytes, start, info.cmdline), "/boot/k x=1") &&
		   has_text(at(bytes, start, info.boot_loader_name), "kexec-jump 0.1.0"),
	   "the command line and who loaded it");

	struct bytes list = at(bytes, start, info.mods_addr);

	ok(info.mods_count == 2 && bytes_u32(list, 0) == 0x600000 && bytes_u32(list, 4) == 0x600123 &&
		   bytes_u32(list, 16) == 0x601000 && bytes_u32(list, 20) == 0x605000,
	   "the modules' addresses");
	ok(has_text(at(bytes, start, bytes_u32(list, 8)), "/boot/one a b") &&
		   has_text(at(bytes, start, bytes_u32(list, 24)), "two"),
	   "and their texts");

	struct bytes entries = at(bytes, start, info.mmap_addr);
	unsigned int wrong = info.mmap_length != 24 * map.count || map.count != ARRAY_COUNT(wanted_types);

	for (size_t i = 0; i < map.count; i++)
		wrong += bytes_u32(entries, i * 24) != 20 || bytes_u64(entries, i * 24 + 4) != map.entries[i].span.start ||
			 bytes_u64(entries, i * 24 + 12) != span_size(map.entries[i].span) ||
			 bytes_u32(entries, i * 24 + 20) != wanted_types[i];
	ok(!wrong, "the memory map, with its types");
}

/* The nth tag of a type. */
static struct bytes tag_of(struct bytes info, uint32_t type, unsigned int number)
{
	struct bytes tag = { 0 };

	for (uint64_t offset = 8; bytes_contain(info, offset, 8); offset += (bytes_u32(info, offset + 4) + 7u) & ~7u) {
		if (bytes_u32(info, offset) == type && !number--)
			bytes_part(info, offset, bytes_u32(info, offset + 4), &tag);
		if (bytes_u32(info, offset) == MB2_END)
			break;
	}
	return tag;
}

static struct bytes behind(struct bytes tag, uint64_t offset)
{
	struct bytes rest = { 0 };

	if (offset <= tag.size)
		bytes_part(tag, offset, tag.size - offset, &rest);
	return rest;
}

static void test_mb2_info(void)
{
	AUTO_MEMMAP struct memmap map = { 0 };
	uint8_t rsdp[36] = "RSD PTR ";
	struct multiboot_info_input input = { .version = 2, .cmdline = "k", .memmap = &map, .modules = two_modules,
					      .module_count = 2, .rsdp = { rsdp, sizeof(rsdp) },
					      .relocatable = true, .load_base = 0x4000000 };
	struct bytes bytes;

	fill_map(&map);

	AUTO_FREE uint8_t *data = make_info(&input, 0x700000, &bytes);
	struct bytes second = tag_of(bytes, MB2_MODULE, 1), entries = tag_of(bytes, MB2_MEMORY_MAP, 0);
	unsigned int wrong = entries.size != 16 + 24 * map.count || bytes_u32(entries, 8) != 24 || bytes_u32(entries, 12);

	ok(data && bytes_u32(bytes, 0) == bytes.size && !bytes_u32(bytes, 4) && tag_of(bytes, MB2_END, 0).size == 8,
	   "version 2: its size, and a last tag");
	ok(has_text(behind(tag_of(bytes, MB2_CMDLINE, 0), 8), "k") &&
		   has_text(behind(tag_of(bytes, MB2_LOADER_NAME, 0), 8), "kexec-jump 0.1.0"),
	   "the command line and who loaded it");
	ok(bytes_u32(second, 8) == 0x601000 && bytes_u32(second, 12) == 0x605000 && has_text(behind(second, 16), "two") &&
		   has_text(behind(tag_of(bytes, MB2_MODULE, 0), 16), "/boot/one a b"),
	   "the modules");
	ok(bytes_u32(tag_of(bytes, MB2_BASIC_MEMORY, 0), 8) == 639, "the sizes of memory");
	for (size_t i = 0; i < map.count; i++)
		wrong += bytes_u64(entries, 16 + i * 24) != map.entries[i].span.start ||
			 bytes_u64(entries, 24 + i * 24) != span_size(map.entries[i].span) ||
			 bytes_u32(entries, 32 + i * 24) != wanted_types[i];
	ok(!wrong, "the memory map, with its types");
	ok(tag_of(bytes, MB2_ACPI_NEW, 0).size == 44 && !tag_of(bytes, MB2_ACPI_OLD, 0).size &&
		   bytes_u32(tag_of(bytes, MB2_LOAD_BASE, 0), 8) == 0x4000000,
	   "the ACPI root pointer and where the image was put");
	ok(!tag_of(bytes, MB2_FRAMEBUFFER, 0).size, "no screen, if none is known");
}

static void test_screen(void)
{
	uint8_t screen_info[0x40] = { 0 };
	struct multiboot_screen screen = multiboot_screen_of(screen_info);

	ok(!screen.type, "a screen of no type is none");
	screen_info[0x07] = 80;
	screen_info[0x0e] = 25;
	screen_info[0x0f] = 1;
	screen = multiboot_screen_of(screen_info);
	ok(screen.type == MB_FRAMEBUFFER_TEXT && screen.address == 0xb8000 && screen.pitch == 160 &&
		   screen.width == 80 && screen.height == 25,
	   "a VGA text screen");
	screen_info[0x0f] = 0x70;
	memcpy(screen_info + 0x12, "\x00\x05\x20\x03\x20\x00\x00\x00\x00\x80", 10);
	memcpy(screen_info + 0x24, "\x00\x14\x08\x10\x08\x08\x08\x00", 8);
	screen_info[0x3a] = 1;
	screen = multiboot_screen_of(screen_info);
	ok(screen.type == MB_FRAMEBUFFER_RGB && screen.address == 0x180000000 && screen.pitch == 0x1400 &&
		   screen.width == 1280 && screen.height == 800 && screen.bits_per_pixel == 32 &&
		   !memcmp(screen.colors, "\x10\x08\x08\x08\x00\x08", 6),
	   "a framebuffer above 4 GiB");
}

static void test_screen_information(void)
{
	AUTO_MEMMAP struct memmap map = { 0 };
	struct multiboot_info_input input = { .cmdline = "k", .memmap = &map,
					      .screen = { MB_FRAMEBUFFER_RGB, 0x80000000, 4096, 1024, 768, 32,
							  { 16, 8, 8, 8, 0, 8 } } };
	struct bytes bytes;

	input.version = 1;

	AUTO_FREE uint8_t *first = make_info(&input, 0, &bytes);

	ok(bytes_u32(bytes, 0) == 0x124d && bytes_u64(bytes, 88) == 0x80000000 && bytes_u32(bytes, 100) == 1024 &&
		   first[109] == 1 && first[110] == 16,
	   "version 1: a screen");
	input.version = 2;

	AUTO_FREE uint8_t *second = make_info(&input, 0, &bytes);
	struct bytes tag = tag_of(bytes, MB2_FRAMEBUFFER, 0);

	ok(tag.size == 38 && bytes_u64(tag, 8) == 0x80000000 && bytes_u32(tag, 16) == 4096 && bytes_u32(tag, 24) == 768 &&
		   tag.data[28] == 32 && tag.data[29] == 1 && tag.data[32] == 16 && second,
	   "version 2: a screen");
}

int main(void)
{
	test_mb1_info();
	test_mb2_info();
	test_screen();
	test_screen_information();
	return tap_done();
}
