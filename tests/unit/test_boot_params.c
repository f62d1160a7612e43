/* SPDX-License-Identifier: GPL-2.0-only */
/* The zero page, field by field: offsets are written here as Documentation/arch/x86/zero-page.rst has them. */
#include "kexec/format/boot_params.h"

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define START UINT64_C(0x123456000)

/* The boot_params of the running kernel: each byte differs. */
static void fill_old(struct machine *machine)
{
	for (size_t i = 0; i < BOOT_PARAMS_BYTES; i++)
		machine->boot_params[i] = (uint8_t)(i * 7 + i / 256 + 1);
	machine->has_boot_params = true;
}

struct fixture {
	struct machine machine;
	struct buffer file;
	struct bzimage bzimage;
	struct memmap memmap;
	struct boot_params_input input;
	uint8_t *block;
	size_t cmdline_at;
};

static void fixture_init(struct fixture *fixture)
{
	struct bzimage_spec spec = modern_bzimage;

	*fixture = (struct fixture){ 0 };
	spec.kernel_bytes = 8192;
	spec.syssize = 512;
	build_bzimage(&fixture->file, &spec);
	no_error(bzimage_init(&fixture->bzimage, buffer_bytes(&fixture->file)));
	memmap_set(&fixture->memmap, (struct span){ 0, 0x9fc00 }, MEMORY_RAM);
	memmap_set(&fixture->memmap, (struct span){ 0xf0000, 0x100000 }, MEMORY_RESERVED);
	memmap_set(&fixture->memmap, (struct span){ 0x100000, 0x120000000 }, MEMORY_RAM);
	fixture->input = (struct boot_params_input){
		.machine = &fixture->machine, .bzimage = &fixture->bzimage, .entry_64 = true,
		.memmap = &fixture->memmap, .initrd = { 0x234567000, 0x234567000 + 0x1fedcba98 },
		.cmdline = "root=/dev/sda quiet", .cmdline_room_bytes = 100,
	};
}

static void fixture_build(struct fixture *fixture)
{
	free(fixture->block);
	fixture->block = boot_params_build(&fixture->input, START, &fixture->cmdline_at);
}

static void fixture_deinit(struct fixture *fixture)
{
	free(fixture->block);
	free(fixture->machine.efi.entries);
	bzimage_deinit(&fixture->bzimage);
	buffer_deinit(&fixture->file);
	memmap_deinit(&fixture->memmap);
}
#define AUTO_FIXTURE __attribute__((cleanup(fixture_deinit)))

static void test_own_fields(void)
{
	AUTO_FIXTURE struct fixture fixture;

	fixture_init(&fixture);
	fixture_build(&fixture);

	const uint8_t *block = fixture.block;

	is_u64(boot_params_size(&fixture.input), 4096 + 100, "the zero page and the command line's room");
	ok(!memcmp(block + 0x202, "HdrS", 4) && load_u16(block + 0x206) == 0x20f, "0x1f1: the setup header");
	ok(load_u64(block + 0x258) == 0x1000000 && load_u32(block + 0x260) == 0x800000, "all of it");
	is_u64(block[0x210], 0xd0, "0x210: loader, kexec's number");
	is_u64(block[0x211] & 1, 1, "0x211: loaded high");
	is_u64(load_u32(block + 0x218), 0x34567000, "0x218: the initrd, low half");
	is_u64(load_u32(block + 0x0c0), 0x2, "0x0c0: high half");
	is_u64(load_u32(block + 0x21c), 0xfedcba98, "0x21c: its size, low half");
	is_u64(load_u32(block + 0x0c4), 0x1, "0x0c4: high half");
	is_u64(load_u32(block + 0x228), 0x23457000, "0x228: the command line, low half");
	is_u64(load_u32(block + 0x0c8), 0x1, "0x0c8: high half");
	is_u64(fixture.cmdline_at, 4096, "it is behind the page");
	is_text((const char *)block + 4096, "root=/dev/sda quiet", "and reads so");
	is_u64(load_u64(block + 0x250), 0, "0x250: no setup_data");
	is_u64(load_u64(block + 0x070), 0, "0x070: no ACPI root that is known");
	is_u64(load_u32(block + 0x1c0), 0, "0x1c0: no EFI");
}

static void test_memmap(void)
{
	AUTO_FIXTURE struct fixture fixture;

	fixture_init(&fixture);
	fixture_build(&fixture);
	is_u64(fixture.block[0x1e8], 3, "0x1e8: three entries");

	const uint8_t *second = fixture.block + 0x2d0 + 20, *third = second + 20;

	ok(load_u64(second) == 0xf0000 && load_u64(second + 8) == 0x10000 && load_u32(second + 16) == 2,
	   "0x2d0: start, size and type");
	ok(load_u64(third) == 0x100000 && load_u64(third + 8) == 0x11ff00000 && load_u32(third + 16) == 1,
	   "of 20 bytes each");
	is_u64(load_u64(third + 20), 0, "and no more");
}

static void test_long_memmap(void)
{
	AUTO_FIXTURE struct fixture fixture;

	fixture_init(&fixture);
	for (uint64_t i = 0; i < 200; i++)
		memmap_set(&fixture.memmap, span_of(0x200000000 + i * 0x2000, 0x1000), MEMORY_RAM);
	fixture_build(&fixture);

	const uint8_t *node = fixture.block + 4096, *first = node + 16;

	is_u64(fixture.block[0x1e8], 128, "128 of 203 entries are in the page");
	is_u64(load_u64(fixture.block + 0x250), START + 4096, "0x250: the rest is in setup_data");
	ok(load_u64(node) == 0 && load_u32(node + 8) == 1 && load_u32(node + 12) == 75 * 20, "SETUP_E820_EXT, 75 entries");
	ok(load_u64(first) == 0x200000000 + 125 * 0x2000 && load_u64(first + 8) == 0x1000 && load_u32(first + 16) == 1,
	   "from the first entry that is not in the page");
	is_u64(load_u64(first + 74 * 20), 0x200000000 + 199 * 0x2000, "to the last");
	is_u64(fixture.cmdline_at, 4096 + (16 + 75 * 20 + 7) / 8 * 8, "the command line is behind it");
}

/* Offsets and sizes that a later kernel cannot ask the firmware for. */
static void test_passed_on(void)
{
	static const struct {
		size_t offset, size;
		const char *name;
	} fields[] = { { 0x000, 0x40, "screen_info" }, { 0x060, 0x10, "ist_info" },
		       { 0x080, 0x20, "hd0_info, hd1_info" }, { 0x140, 0x80, "edid_info" }, { 0x1e0, 4, "alt_mem_k" },
		       { 0x1e9, 2, "eddbuf_entries, edd_mbr_sig_buf_entries" }, { 0x1ec, 1, "secure_boot" },
		       { 0x290, 0x40, "edd_mbr_sig_buffer" }, { 0xd00, 0x1ec, "eddbuf" } };
	AUTO_FIXTURE struct fixture fixture;
	uint8_t calls = 0;

	fixture_init(&fixture);
	fill_old(&fixture.machine);
	fixture.machine.acpi_rsdp = 0x7fe14;
	fixture_build(&fixture);
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
		ok(!memcmp(fixture.block + fields[i].offset, fixture.machine.boot_params + fields[i].offset, fields[i].size),
		   "0x%03zx: %s is passed on", fields[i].offset, fields[i].name);
	is_u64(load_u64(fixture.block + 0x070), 0x7fe14, "0x070: the ACPI root");
	for (size_t i = 0x40; i < 0x60; i++)
		calls |= fixture.block[i];
	is_u64(calls, 0, "0x040, 0x058: neither the APM BIOS nor tboot, which the next kernel would call");
	ok(!memcmp(fixture.block + 0x202, "HdrS", 4) && load_u64(fixture.block + 0x250) == 0 &&
		   fixture.block[0x1e8] == 3, "fields of the running kernel's own boot are not");
}

static void add_efi(struct fixture *fixture, const char *signature)
{
	static const struct efi_runtime_entry entries[] = {
		{ 6, 0x7eb3f000, 0xfffffffeffa3f000, 0xc1, 0x800000000000000f },
		{ 5, 0x7f8ed000, 0xfffffffeff8ed000, 0x80, 0x8000000000000001 },
	};
	struct efi *efi = &fixture->machine.efi;

	*efi = (struct efi){ .fw_vendor = 0x7f9ec018, .runtime = 0x7f9ecb98, .config_table = 0x7f9ed018,
			     .smbios = 0x7f8f1000, .entry_count = 2 };
	efi->entries = xcalloc(2, sizeof(entries[0]));
	memcpy(efi->entries, entries, sizeof(entries));
	fill_old(&fixture->machine);
	memcpy(fixture->machine.boot_params + 0x1c0, signature, 4);
}

static void test_efi(void)
{
	AUTO_FIXTURE struct fixture fixture;

	fixture_init(&fixture);
	add_efi(&fixture, "EL64");
	fixture_build(&fixture);

	const uint8_t *block = fixture.block, *node = block + 4096, *map = node + 16 + 96;

	ok(!memcmp(block + 0x1c0, "EL64", 4) && load_u32(block + 0x1c4) == load_u32(fixture.machine.boot_params + 0x1c4),
	   "0x1c0: the signature and the system table");
	is_u64(load_u32(block + 0x1c8), 40, "0x1c8: size of a descriptor");
	is_u64(load_u32(block + 0x1cc), 1, "0x1cc: its version");
	is_u64(load_u32(block + 0x1d0), 0x23457070, "0x1d0: the runtime map, low half");
	is_u64(load_u32(block + 0x1dc), 0x1, "0x1dc: high half");
	is_u64(load_u32(block + 0x1d8), load_u32(fixture.machine.boot_params + 0x1d8), "0x1d8: the system table, high half");
	is_u64(load_u32(block + 0x1d4), 80, "0x1d4: its size");
	is_u64(load_u64(block + 0x250), START + 4096, "0x250: setup_data");
	ok(load_u64(node) == 0 && load_u32(node + 8) == 4 && load_u32(node + 12) == 96, "SETUP_EFI, 96 bytes");
	ok(load_u64(node + 16) == 0x7f9ec018 && load_u64(node + 32) == 0x7f9ed018 && load_u64(node + 40) == 0x7f8f1000,
	   "vendor, tables, SMBIOS");
	is_u64(load_u64(node + 24), 0x7f9ecb98, "runtime services, which kernels before 5.7 take from here");
	ok(load_u32(map + 40) == 5 && load_u64(map + 48) == 0x7f8ed000 && load_u64(map + 56) == 0xfffffffeff8ed000 &&
		   load_u64(map + 64) == 0x80 && load_u64(map + 72) == 0x8000000000000001, "descriptors");
}

/* The data of the setup_data node of this type, and its size; NULL if it is not in the list. */
static const uint8_t *find_node(const struct fixture *fixture, uint32_t type, uint32_t *ret_size)
{
	unsigned int seen = 0;

	for (uint64_t at = load_u64(fixture->block + 0x250); at && seen < 10; seen++) {
		const uint8_t *node = fixture->block + (at - START);

		if (load_u32(node + 8) == type) {
			*ret_size = load_u32(node + 12);
			return node + 16;
		}
		at = load_u64(node);
	}
	return NULL;
}

static void test_seed_and_tree(void)
{
	AUTO_FIXTURE struct fixture fixture;
	uint8_t seed[32], tree[41];
	uint32_t size = 0;

	memset(seed, 0x5e, sizeof(seed));
	memset(tree, 0x7e, sizeof(tree));
	fixture_init(&fixture);
	fixture_build(&fixture);
	ok(!find_node(&fixture, 9, &size) && !find_node(&fixture, 2, &size), "no seed and no device tree unless given");
	fixture.input.rng_seed = seed;
	fixture.input.device_tree = (struct bytes){ tree, sizeof(tree) };
	fixture_build(&fixture);

	const uint8_t *found = find_node(&fixture, 9, &size);

	ok(found && size == 32 && !memcmp(found, seed, 32), "SETUP_RNG_SEED, 32 bytes");
	found = find_node(&fixture, 2, &size);
	ok(found && size == 41 && !memcmp(found, tree, 41), "SETUP_DTB, of the tree's size");
	is_u64((uint64_t)(found - fixture.block) % 8, 0, "at a multiple of 8, as the format requires");
	is_text((const char *)fixture.block + fixture.cmdline_at, "root=/dev/sda quiet", "the command line is behind both");
}

static void test_no_efi(void)
{
	AUTO_FIXTURE struct fixture fixture;
	uint32_t size = 0;

	fixture_init(&fixture);
	add_efi(&fixture, "EL64");
	fixture.machine.acpi_rsdp = 0x7f97e014;
	fixture.input.no_efi = true;
	fixture_build(&fixture);
	ok(!load_u32(fixture.block + 0x1c0) && !load_u32(fixture.block + 0x1d4) && !find_node(&fixture, 4, &size),
	   "no EFI: no signature, no map, no SETUP_EFI");
	is_u64(load_u64(fixture.block + 0x070), 0x7f97e014, "but the ACPI root");
}

/* A framebuffer of EFI in boot_params, and beside it the cursor and the memory size of long ago. */
static void add_screen(struct machine *machine)
{
	fill_old(machine);
	machine->boot_params[0x0f] = 0x70;
	memcpy(machine->boot_params + 0x12, "\x00\x04\x00\x03\x20\x00\x00\x00\x00\x80", 10);
	memset(machine->boot_params + 0x3a, 0, 4);
}

static void test_screen(void)
{
	AUTO_FIXTURE struct fixture fixture;
	struct machine *machine = &fixture.machine;

	fixture_init(&fixture);
	add_screen(machine);
	fixture.input.screen = screen_choose(machine, false, false);
	fixture_build(&fixture);
	ok(!memcmp(fixture.block, machine->boot_params, 0x40), "0x000: the framebuffer, its address and mode, is passed on");

	fixture.input.screen = SCREEN_NONE;
	fixture_build(&fixture);
	ok(fixture.block[0x0f] == 0 && load_u32(fixture.block + 0x18) == 0 && load_u16(fixture.block + 0x12) == 0,
	   "0x00f: none if another driver has replaced it");
	is_u64(load_u16(fixture.block + 0x02), load_u16(machine->boot_params + 0x02), "0x002: memory above 1 MiB stays");

	fixture.input.screen = SCREEN_TEXT;
	fixture_build(&fixture);
	ok(fixture.block[0x0f] == 1 && fixture.block[0x07] == 80 && fixture.block[0x0e] == 25 && fixture.block[0x06] == 3 &&
		   load_u16(fixture.block + 0x10) == 16 && load_u32(fixture.block + 0x18) == 0,
	   "0x00f: a VGA, 80 columns, 25 lines of 16, mode 3");
}

static void test_screen_choice(void)
{
	static const struct {
		bool has_boot_params, reset_vga, reuse;
		const char *framebuffer;
		enum screen screen;
		const char *name;
	} cases[] = {
		{ true, false, false, NULL, SCREEN_AS_BOOTED, "nothing drives it: as booted" },
		{ true, false, false, "EFI VGA", SCREEN_AS_BOOTED, "efifb leaves the mode: as booted" },
		{ true, false, false, "VESA VGA", SCREEN_AS_BOOTED, "vesafb, too" },
		{ true, false, false, "simple", SCREEN_AS_BOOTED, "simplefb, too" },
		{ true, false, false, "simpledrmdrmfb", SCREEN_AS_BOOTED, "simpledrm, too" },
		{ true, false, false, "efidrmdrmfb", SCREEN_AS_BOOTED, "efidrm, too" },
		{ true, false, false, "vesadrmdrmfb", SCREEN_AS_BOOTED, "vesadrm, too" },
		{ true, false, false, "i915drmfb", SCREEN_NONE, "a driver with modes of its own: nothing" },
		{ true, false, true, "i915drmfb", SCREEN_AS_BOOTED, "unless --reuse-video-type" },
		{ true, true, true, "i915drmfb", SCREEN_TEXT, "--reset-vga: text" },
		{ false, false, false, NULL, SCREEN_TEXT, "no boot_params to read: text" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct machine machine = { .has_boot_params = cases[i].has_boot_params,
					   .framebuffer = (char *)(uintptr_t)cases[i].framebuffer };

		ok(screen_choose(&machine, cases[i].reset_vga, cases[i].reuse) == cases[i].screen, "%s", cases[i].name);
	}
}

static void test_both_setup_data(void)
{
	AUTO_FIXTURE struct fixture fixture;
	unsigned int seen = 0;

	fixture_init(&fixture);
	add_efi(&fixture, "EL64");
	for (uint64_t i = 0; i < 200; i++)
		memmap_set(&fixture.memmap, span_of(0x200000000 + i * 0x2000, 0x1000), MEMORY_RAM);
	fixture_build(&fixture);
	for (uint64_t at = load_u64(fixture.block + 0x250); at && seen < 100;
	     at = load_u64(fixture.block + (at - START)))
		seen += load_u32(fixture.block + (at - START) + 8) == 4 ? 1 : 10;
	is_u64(seen, 11, "EFI and the rest of the memory map are in one list");
}

static void test_without_efi(void)
{
	AUTO_FIXTURE struct fixture narrow, old, entered_narrow;

	fixture_init(&narrow);
	add_efi(&narrow, "EL32");
	is_u64(boot_params_size(&narrow.input), 4196, "a 32-bit firmware's map is not for a 64-bit kernel");
	fixture_init(&entered_narrow);
	add_efi(&entered_narrow, "EL64");
	entered_narrow.input.entry_64 = false;
	is_u64(boot_params_size(&entered_narrow.input), 4196, "nor the other way round");
	fixture_init(&old);
	add_efi(&old, "EL64");
	poke(&old.file, 0x236, 0x3, 2);
	is_u64(boot_params_size(&old.input), 4196, "nor for a kernel that cannot take it from kexec");
	fixture_build(&old);
	is_u64(load_u32(old.block + 0x1c0), 0, "which gets no EFI");
}

static void test_vmlinux(void)
{
	AUTO_FIXTURE struct fixture fixture;

	fixture_init(&fixture);
	fixture.input.bzimage = NULL;
	fixture.input.initrd = (struct span){ 0 };
	fixture_build(&fixture);
	ok(!memcmp(fixture.block + 0x202, "HdrS", 4) && load_u16(fixture.block + 0x1fe) == 0xaa55 &&
		   load_u16(fixture.block + 0x206) == 0x20c, "a vmlinux gets a setup header");
	is_u64(load_u16(fixture.block + 0x1f2), 1, "0x1f2: its root is read-only without rw, as a bzImage's");
	is_u64(load_u16(fixture.block + 0x1fa), 0xffff, "0x1fa: the normal text mode, as a bzImage's");
	ok(fixture.block[0x210] == 0xd0 && fixture.block[0x211] == 1 && !load_u16(fixture.block + 0x1f8) &&
		   !load_u16(fixture.block + 0x1fc), "and the rest is as a bzImage's");
	ok(!load_u32(fixture.block + 0x218) && !load_u32(fixture.block + 0x21c), "without an initrd there is none");
}

int main(void)
{
	test_own_fields();
	test_memmap();
	test_long_memmap();
	test_passed_on();
	test_efi();
	test_both_setup_data();
	test_without_efi();
	test_no_efi();
	test_seed_and_tree();
	test_screen();
	test_screen_choice();
	test_vmlinux();
	return tap_done();
}
