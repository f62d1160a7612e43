/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/multiboot.h"

#include <string.h>

#include "kexec/format/multiboot_info.h"
#include "kexec/format/multiboot_layout.h"
#include "lib/base/memory.h"
#include "lib/machine/memmap.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/image_builder.h"

/* From a copy of exactly this size. */
static struct error *parse(struct multiboot *multiboot, struct bytes bytes, int version)
{
	AUTO_FREE uint8_t *copy = exact_copy(bytes);

	return multiboot_init(multiboot, (struct bytes){ copy, bytes.size }, version);
}

static bool parses(struct multiboot *multiboot, const struct buffer *buffer, int version)
{
	return no_error(parse(multiboot, buffer_bytes(buffer), version));
}

static bool refused(const struct buffer *buffer, int version, const char *says)
{
	struct multiboot multiboot;

	return error_says(parse(&multiboot, buffer_bytes(buffer), version), says);
}

static bool mb1_flags_refused(uint32_t flags, const char *says)
{
	AUTO_BUFFER struct buffer buffer = { 0 };

	build_multiboot1(&buffer, 0, flags, NULL, 512);
	return refused(&buffer, 1, says);
}

static bool mb1_found_at(size_t offset)
{
	AUTO_BUFFER struct buffer buffer = { 0 };

	build_multiboot1(&buffer, offset, MB1_HEADER_PAGE_ALIGN | MB1_HEADER_MEMORY, NULL, 0);
	return multiboot_probe(buffer_bytes(&buffer), 1);
}

static void test_mb1_search(void)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct multiboot multiboot;

	ok(mb1_found_at(0) && mb1_found_at(4) && mb1_found_at(8180), "a version 1 header is found up to byte 8192");
	ok(!mb1_found_at(8184) && !mb1_found_at(8192), "not if it ends after that");
	ok(!mb1_found_at(2), "nor if it is not aligned to 4");
	build_multiboot1(&buffer, 64, MB1_HEADER_VIDEO, NULL, 100);
	ok(parses(&multiboot, &buffer, 1) && multiboot.version == 1 && multiboot.wants_framebuffer &&
		   !multiboot.has_addresses && !multiboot.has_entry && !multiboot.relocatable,
	   "the flags are read");
	poke(&buffer, 64 + 8, 0, 4);
	ok(refused(&buffer, 1, "no multiboot header in its first 8192 bytes"), "a wrong sum is no header");
	ok(mb1_flags_refused(0x8, "not provided: flags 0x8") && mb1_flags_refused(0xfff3, "not provided: flags 0xfff0"),
	   "flags that must be understood and are not are named");
}

static void test_mb1_addresses(void)
{
	/* The header is at 0x10 in the file and at 0x100010 in memory. */
	static const uint32_t addresses[5] = { 0x100010, 0x100000, 0x100080, 0x100200, 0x100040 };
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct multiboot multiboot;

	build_multiboot1(&buffer, 0x10, MB1_HEADER_ADDRESSES, addresses, 0x90);
	ok(parses(&multiboot, &buffer, 1) && multiboot.has_addresses && multiboot.file_offset == 0 &&
		   multiboot.file_size == 0x80 && multiboot.load_address == 0x100000 &&
		   multiboot.memory_size == 0x200 && multiboot.has_entry && multiboot.entry == 0x100040,
	   "load addresses are read");
	poke(&buffer, 0x10 + 20, 0, 4);
	poke(&buffer, 0x10 + 24, 0, 4);
	ok(parses(&multiboot, &buffer, 1) && multiboot.file_size == 0x90 && multiboot.memory_size == 0x90,
	   "without ends it is the whole file");
	poke(&buffer, 0x10 + 20, 0x100091, 4);
	ok(refused(&buffer, 1, "which the file of 144 bytes does not have"), "an end after the file's is refused");
	poke(&buffer, 0x10 + 20, 0xfffff, 4);
	ok(refused(&buffer, 1, "0x100000-0xfffff is loaded"), "an end before the beginning is refused");
	poke(&buffer, 0x10 + 20, 0, 4);
	poke(&buffer, 0x10 + 16, 0xff000, 4);
	ok(refused(&buffer, 1, "begins after the load address"), "so is what begins before the file");
	poke(&buffer, 0x10 + 16, 0x100011, 4);
	ok(refused(&buffer, 1, "begins after the load address"), "and a header below the load address");
	poke(&buffer, 0x10 + 12, 0xfffffff0, 4);
	poke(&buffer, 0x10 + 16, 0xfffffff0, 4);
	ok(refused(&buffer, 1, "not below 4 GiB"), "and what goes over 4 GiB");
}

static void test_mb2_search(void)
{
	AUTO_BUFFER struct buffer at_end = { 0 }, behind = { 0 }, odd = { 0 }, mips = { 0 };

	build_multiboot2(&at_end, 32768 - 16, NULL, 0, 0);
	build_multiboot2(&behind, 32768 - 8, NULL, 0, 0);
	build_multiboot2(&odd, 4, NULL, 0, 0);
	ok(multiboot_probe(buffer_bytes(&at_end), 2), "a version 2 header is found up to byte 32768");
	ok(!multiboot_probe(buffer_bytes(&behind), 2), "not behind it");
	ok(!multiboot_probe(buffer_bytes(&odd), 2), "nor if it is not aligned to 8");
	ok(!multiboot_probe(buffer_bytes(&at_end), 1), "nor as one of version 1");
	build_multiboot2(&mips, 0, NULL, 0, 0);
	poke(&mips, 4, 4, 4);
	poke(&mips, 12, (uint32_t) - (MB2_HEADER_MAGIC + 4 + 24), 4);
	ok(refused(&mips, 2, "for architecture 4, not x86"), "one for MIPS is refused");
}

static const struct multiboot_tag xen_like[] = {
	{ MB2_HEADER_REQUESTS, 0, { MB2_BASIC_MEMORY, MB2_MEMORY_MAP }, 2 },
	{ MB2_HEADER_PAGE_ALIGN, 0, { 0 }, 0 },
	{ MB2_HEADER_RELOCATABLE, MB2_HEADER_OPTIONAL, { 0x200000, 0xffffffff, 0x200000, 0 }, 4 },
	{ MB2_HEADER_CONSOLE, MB2_HEADER_OPTIONAL, { 3 }, 1 },
	{ MB2_HEADER_FRAMEBUFFER, MB2_HEADER_OPTIONAL, { 1024, 768, 32 }, 3 },
	{ 7, MB2_HEADER_OPTIONAL, { 0 }, 0 },
	{ MB2_HEADER_ENTRY_EFI64, MB2_HEADER_OPTIONAL, { 0x200100 }, 1 },
};

static void test_mb2_tags(void)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct multiboot multiboot;

	build_multiboot2(&buffer, 0x80, xen_like, ARRAY_COUNT(xen_like), 0);
	ok(parses(&multiboot, &buffer, 2) && multiboot.version == 2 && multiboot.relocatable &&
		   multiboot.min_address == 0x200000 && multiboot.max_address == 0xffffffff &&
		   multiboot.align == 0x200000 && !multiboot.prefers_high && multiboot.wants_framebuffer &&
		   !multiboot.has_addresses && !multiboot.has_entry,
	   "the tags of a header like Xen's are read, those of EFI left out");

	size_t whole = buffer.size;
	unsigned int wrong = 0;

	for (size_t size = 0; size < whole; size++) {
		struct error *error = parse(&multiboot, (struct bytes){ buffer.data, size }, 2);

		wrong += !error;
		error_free(error);
	}
	ok(!wrong, "cut at any length it is refused");
}

static bool tag_refused(struct multiboot_tag tag, const char *says)
{
	AUTO_BUFFER struct buffer buffer = { 0 };

	build_multiboot2(&buffer, 0, &tag, 1, 256);
	return refused(&buffer, 2, says);
}

static bool tag_taken(struct multiboot_tag tag)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct multiboot multiboot;

	build_multiboot2(&buffer, 0, &tag, 1, 256);
	return parses(&multiboot, &buffer, 2);
}

static void test_mb2_refusals(void)
{
	ok(tag_refused((struct multiboot_tag){ 7, 0, { 0 }, 0 }, "not provided: tag 7"), "boot services that must be there are not");
	ok(tag_refused((struct multiboot_tag){ 99, 0, { 0 }, 0 }, "not provided: tag 99") &&
		   tag_taken((struct multiboot_tag){ 99, MB2_HEADER_OPTIONAL, { 0 }, 0 }),
	   "an unknown tag is refused, unless it is optional");
	ok(tag_refused((struct multiboot_tag){ MB2_HEADER_REQUESTS, 0, { MB2_MODULE, 12 }, 2 }, "not provided: type 12") &&
		   tag_refused((struct multiboot_tag){ MB2_HEADER_REQUESTS, 0, { 1000000 }, 1 }, "type 1000000") &&
		   tag_taken((struct multiboot_tag){ MB2_HEADER_REQUESTS, MB2_HEADER_OPTIONAL, { 12 }, 1 }),
	   "so is information that is not provided");
	ok(tag_refused((struct multiboot_tag){ MB2_HEADER_ENTRY, 0, { 0 }, 0 }, "a tag 3 of 8 bytes; 12 are needed"),
	   "a tag that is too short is refused");
	ok(tag_refused((struct multiboot_tag){ MB2_HEADER_RELOCATABLE, 0, { 0, 1, 3, 0 }, 4 }, "not a power of two") &&
		   tag_refused((struct multiboot_tag){ MB2_HEADER_RELOCATABLE, 0, { 2, 1, 4, 0 }, 4 }, "from 0x2 to 0x1"),
	   "so is a relocation that cannot be");
	ok(tag_refused((struct multiboot_tag){ MB2_HEADER_ADDRESS, 0, { 0x100000, 0x100000, 0, 0 }, 4 }, "no entry address"),
	   "and load addresses without an entry");
}

static void test_mb2_addresses(void)
{
	static const struct multiboot_tag tags[] = {
		{ MB2_HEADER_ADDRESS, 0, { 0x100020, UINT32_MAX, 0, 0x101000 }, 4 },
		{ MB2_HEADER_ENTRY, 0, { 0x100060 }, 1 },
	};
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct multiboot multiboot;

	build_multiboot2(&buffer, 0x20, tags, 2, 0x200);
	ok(parses(&multiboot, &buffer, 2) && multiboot.file_offset == 0 && multiboot.file_size == 0x200 &&
		   multiboot.load_address == 0x100000 && multiboot.memory_size == 0x1000 && multiboot.entry == 0x100060,
	   "load address -1 is from the file's beginning on");
}

/* ---- what the image is told, read back as an image would ---- */

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
	test_mb1_search();
	test_mb1_addresses();
	test_mb2_search();
	test_mb2_tags();
	test_mb2_refusals();
	test_mb2_addresses();
	test_mb1_info();
	test_mb2_info();
	test_screen();
	test_screen_information();
	return tap_done();
}
