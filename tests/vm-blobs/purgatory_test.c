/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/vm-blobs/machine.h"

#include "include/purgatory_param.h"
#include "purgatory/layout.h"
#include "purgatory/xxh64.h"

enum {
	FLAG_INTERRUPTS = 1 << 9,
	FLAG_DIRECTION = 1 << 10,
	CR4_PAE = 1 << 5,
	EFER_LME = 1 << 8,

	SECOND_SERIAL_PORT = 0x2f8,
	CMDLINE_BYTES = 80,
	REGION_COUNT = 3,
};
#define CR0_PAGING 0x80000000u

struct target_seen target_seen;
uintptr_t target_return_to, target_cr3;
struct table_register target_return_gdtr;

#if IS_64
enum { OWN_MODE = PURGATORY_TARGET_64 };
#define CONTROL_ADDRESS 0x150000000
#define HIGH_ADDRESS 0x190000000 /* what is loaded besides purgatory */
#else
enum { OWN_MODE = PURGATORY_TARGET_32 };
#define CONTROL_ADDRESS 0x700000
#define HIGH_ADDRESS 0x900000
#endif
#define LOW_ADDRESS 0x5ff000

static struct {
	struct kernel kernel;
	uint8_t *purgatory;
	char cmdline[CMDLINE_BYTES];
	uint64_t note_entry;
} here;

static struct purgatory_param *param(void)
{
	return (struct purgatory_param *)(here.purgatory + PURGATORY_PARAM_OFFSET);
}

static bool same_text(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static void set_text(char *to, const char *text)
{
	while ((*to++ = *text++))
		;
}

/* The 64-bit target is entered through a jump at this address, above 4 GiB, which changes no register. */
static uint64_t make_high_entry(uint64_t address, uintptr_t target)
{
	static const uint8_t jump_through_next_word[] = { 0xff, 0x25, 0, 0, 0, 0 };
	uint8_t *at = (uint8_t *)(uintptr_t)address;

	for (size_t i = 0; i < sizeof(jump_through_next_word); i++)
		at[i] = jump_through_next_word[i];
	for (size_t i = 0; i < 8; i++)
		at[sizeof(jump_through_next_word) + i] = (uint8_t)((uint64_t)target >> 8 * i);
	return address;
}

static void set_target(unsigned int mode)
{
	uint64_t *regs = (uint64_t *)&param()->regs;

	param()->target_mode = mode;
#if IS_64
	param()->entry = mode == PURGATORY_TARGET_64 ? make_high_entry(HIGH_ADDRESS + 0x1000, (uintptr_t)target_64) :
						       (uintptr_t)target_32;
#else
	param()->entry = (uintptr_t)target_32;
	(void)make_high_entry;
#endif
	for (unsigned int i = 0; i < 16; i++)
		regs[i] = 0x0101010101010101 * (i + 0x11);
}

/* Something to digest: odd sizes, one of no bytes, one far away. */
static void set_regions(void)
{
	static uint8_t nearby[1000];
	struct purgatory_region *regions = param()->regions;
	struct xxh64 all;

	regions[0] = (struct purgatory_region){ (uintptr_t)nearby + 1, sizeof(nearby) - 3 };
	regions[1] = (struct purgatory_region){ (uintptr_t)nearby, 0 };
	regions[2] = (struct purgatory_region){ HIGH_ADDRESS + 0x2345, 0x12345 };
	param()->region_count = REGION_COUNT;
	xxh64_init(&all);
	for (unsigned int i = 0; i < REGION_COUNT; i++) {
		uint8_t *bytes = (uint8_t *)(uintptr_t)regions[i].start;

		for (size_t j = 0; j < regions[i].size_bytes; j++)
			bytes[j] = (uint8_t)(j * 31 + i);
		xxh64_update(&all, bytes, (size_t)regions[i].size_bytes);
	}
	param()->digest = xxh64_value(&all);
}

static void damage(unsigned int region)
{
	((uint8_t *)(uintptr_t)param()->regions[region].start)[param()->regions[region].size_bytes - 1] ^= 0x10;
}

static void set_up(const char *story, uint64_t address, unsigned int mode)
{
	const struct blob *blob = IS_64 ? &purgatory64_blob : &purgatory32_blob;
	const uint64_t segments[] = { address, address + PURGATORY_SIZE_BYTES - 1, HIGH_ADDRESS };

	begin_story(story);
	kernel_init(&here.kernel, 0, CONTROL_ADDRESS, segments, 3);
	here.purgatory = place_blob(blob, address);
	here.note_entry = 0;
	set_text(here.cmdline, "ro quiet");
	param()->flags = PURGATORY_CHECK_DIGEST | PURGATORY_JUMP | PURGATORY_CONSOLE_SERIAL | PURGATORY_CONSOLE_VGA;
	param()->local_gdt = here.kernel.gdt_linear;
	param()->cmdline = (uintptr_t)here.cmdline;
	param()->cmdline_size_bytes = sizeof(here.cmdline);
	param()->note_entry = (uintptr_t)&here.note_entry;
	param()->serial_port = SECOND_SERIAL_PORT;
	param()->serial_baud = 38400;
	set_target(mode);
	set_regions();
	target_seen = (struct target_seen){ 0 };
	target_return_to = here.kernel.came_back_at;
	target_return_gdtr = here.kernel.control->own_gdtr;
	target_cr3 = here.kernel.identity_cr3;
}

/* Jumps to purgatory and expects to be at the target, with this word as the kernel's next entry. */
static void jump_to_target(void)
{
	uint64_t visits = target_seen.visits;
	uintptr_t found = kernel_jump(&here.kernel, (uintptr_t)here.purgatory);

	check_equal(target_seen.visits, visits + 1, "the target is entered");
	check_equal(found, 0x5ee5, "and is where the machine comes back from");
}

/* Jumps to purgatory and expects it to refuse, without harm to the caller. */
static void jump_to_refusal(void)
{
	uint64_t visits = target_seen.visits;
	uintptr_t found = kernel_jump(&here.kernel, (uintptr_t)here.purgatory);

	check_equal(target_seen.visits, visits, "the target is not entered");
	check_came_back(&here.kernel, "the caller resumes as a kernel requires: GDT, segments, flags");
	check_equal(found, (uintptr_t)here.purgatory, "its next jump will try purgatory again");
	check(same_text(here.cmdline, "ro quiet") && here.note_entry == 0, "command line and note are untouched");
}

static void check_registers(unsigned int mode)
{
	const uint64_t *wanted = (const uint64_t *)&param()->regs;
	uint64_t mask = mode == PURGATORY_TARGET_64 ? UINT64_MAX : UINT32_MAX;
	unsigned int count = mode == PURGATORY_TARGET_64 ? 16 : 8;
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < count; i++)
		wrong += target_seen.regs[i] != (wanted[i] & mask);
	check_equal(wrong, 0, "all registers are as the parameters say");
	check_equal(target_seen.flags & (FLAG_INTERRUPTS | FLAG_DIRECTION), 0, "interrupts are off, strings go up");
	check(target_seen.cs == BOOT_CS && target_seen.ds == BOOT_DS && target_seen.es == BOOT_DS &&
		      target_seen.ss == BOOT_DS, "segments are those of the Linux boot protocol");
	if (mode == PURGATORY_TARGET_64) {
		check_equal(target_seen.cr3, here.kernel.identity_cr3, "the kernel's page tables are still there");
		return;
	}
	check_equal(target_seen.cr0 & (CR0_PAGING | 1), 1, "protected mode, paging off");
	check_equal(target_seen.cr4 & CR4_PAE, 0, "physical address extension is off");
	check_equal(target_seen.efer & EFER_LME, 0, "long mode is off");
}

/* " kexec_jump_back_entry=0x" and the address, after "ro quiet". */
static void check_handed_over(void)
{
	static const char start[] = "ro quiet kexec_jump_back_entry=0x";
	uint64_t entry = 0;
	const char *at = here.cmdline;

	for (size_t i = 0; i < sizeof(start) - 1; i++)
		if (*at++ != start[i])
			at--;
	for (; *at; at++)
		entry = entry << 4 | (uint64_t)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
	check_equal(entry, here.kernel.came_back_at, "the command line ends with the caller's entry, once");
	check_equal(here.note_entry, here.kernel.came_back_at, "the note has it, too");
}

static void test_jump(const char *story, uint64_t address, unsigned int mode)
{
	set_up(story, address, mode);
	jump_to_target();
	check_registers(mode);
	check_handed_over();
	jump_to_target();
	check_handed_over();
}

static void test_digest(const char *story, uint64_t address)
{
	set_up(story, address, OWN_MODE);
	for (unsigned int region = 0; region < REGION_COUNT; region += 2) {
		damage(region);
		jump_to_refusal();
		damage(region);
	}
	jump_to_target();
	param()->flags &= ~(uint32_t)PURGATORY_CHECK_DIGEST;
	damage(0);
	jump_to_target();
}

/* With the kernel's own stack, as a plain program wants it. */
static void test_keep_stack(unsigned int mode)
{
	uintptr_t kernel_stack;

	set_up("stack kept", LOW_ADDRESS, mode);
	kernel_stack = (uintptr_t)here.kernel.control_page + CONTROL_BYTES - sizeof(uintptr_t);
	param()->flags |= PURGATORY_KEEP_STACK;
	jump_to_target();
	check_equal(target_seen.regs[6], kernel_stack, "the target has the kernel's stack");
	check_equal(*(uintptr_t *)kernel_stack, here.kernel.came_back_at, "where it finds the way back");
	param()->regs.sp = kernel_stack;
	check_registers(mode);
}

static void test_ordinary_kexec(unsigned int mode)
{
	set_up("not a jump", LOW_ADDRESS, mode);
	param()->flags &= ~(uint32_t)PURGATORY_JUMP;
	jump_to_target();
	check_registers(mode);
	check(same_text(here.cmdline, "ro quiet") && here.note_entry == 0, "command line and note are untouched");
}

static void test_refusals(void)
{
	set_up("no room on the command line", LOW_ADDRESS, OWN_MODE);
	param()->cmdline_size_bytes = 20;
	jump_to_refusal();
	param()->cmdline = 0;
	jump_to_target();

	set_up("too many regions", LOW_ADDRESS, OWN_MODE);
	param()->region_count = PURGATORY_REGION_MAX + 1;
	jump_to_refusal();

	set_up("a mode there is no way to", LOW_ADDRESS, OWN_MODE);
	param()->target_mode = IS_64 ? 16 : PURGATORY_TARGET_64;
	jump_to_refusal();
}

/* After a refusal: the words are on the screen, and the port has the speed that was asked for. */
static void test_consoles(void)
{
	static const char text[] = "kexec-jump: the kexec image has changed";
	/* Below are the rest of the message, which is longer than a row, and the empty last row. */
	const volatile uint16_t *row = (const volatile uint16_t *)(0xb8000 + 2 * 80 * 22);
	unsigned int differ = 0;

	set_up("consoles", LOW_ADDRESS, OWN_MODE);
	damage(0);
	jump_to_refusal();
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		differ += (uint8_t)row[i] != (uint8_t)text[i];
	check_equal(differ, 0, "the reason is on the screen");
	port_out(SECOND_SERIAL_PORT + 3, 0x83);
	check_equal(port_in(SECOND_SERIAL_PORT), 3, "the serial port is set to 38400 baud");
	port_out(SECOND_SERIAL_PORT + 3, 0x03);
}

static uint8_t indexed(int port, uint8_t index)
{
	port_out(port, index);
	return port_in(port + 1);
}

static void set_indexed(int port, uint8_t index, uint8_t value)
{
	port_out(port, index);
	port_out(port + 1, value);
}

/* Of the attribute controller, which takes index and value through one port; the screen goes off meanwhile. */
static uint8_t attribute(uint8_t index)
{
	uint8_t value;

	port_in(0x3da);
	port_out(0x3c0, index);
	value = port_in(0x3c1);
	port_in(0x3da);
	port_out(0x3c0, 0x20);
	return value;
}

static uint8_t palette(uint8_t color, unsigned int part)
{
	port_out(0x3c7, color);
	while (part--)
		port_in(0x3c9);
	return port_in(0x3c9);
}

/* 320x200 in 256 colours, by some of its registers; and another palette. */
static void set_graphics_mode(void)
{
	set_indexed(0x3c4, 4, 0x0e);
	set_indexed(0x3ce, 5, 0x40);
	set_indexed(0x3ce, 6, 0x05);
	set_indexed(0x3d4, 0x11, 0x0e);
	set_indexed(0x3d4, 0x09, 0x41);
	set_indexed(0x3d4, 0x17, 0xa2);
	port_in(0x3da);
	port_out(0x3c0, 0x10);
	port_out(0x3c0, 0x41);
	port_out(0x3c0, 0x20);
	port_out(0x3c8, 1);
	for (unsigned int i = 0; i < 3; i++)
		port_out(0x3c9, 0x11);
}

static void test_reset_vga(void)
{
	const volatile uint16_t *screen = (const volatile uint16_t *)0xb8000;
	unsigned int written = 0;

	set_up("reset of the VGA", LOW_ADDRESS, OWN_MODE);
	set_graphics_mode();
	param()->flags &= ~(uint32_t)PURGATORY_CONSOLE_VGA;
	jump_to_target();
	check_equal(indexed(0x3ce, 6), 0x05, "graphics mode stays without it");
	param()->flags |= PURGATORY_RESET_VGA;
	jump_to_target();
	check_equal(port_in(0x3cc), 0x67, "clock and polarity of text mode");
	check_equal(indexed(0x3c4, 4), 0x02, "characters and attributes by turns");
	check_equal(indexed(0x3ce, 6), 0x0e, "text memory is at 0xb8000");
	check_equal(indexed(0x3d4, 0x09), 0x4f, "rows of 16 lines, though the registers were locked");
	check_equal(indexed(0x3d4, 0x11) & 0x80, 0x80, "they are locked again");
	check_equal(attribute(0x10), 0x0c, "attributes of text");
	check(palette(1, 0) == 0 && palette(1, 1) == 0 && palette(1, 2) == 0x2a, "colour 1 is blue");
	check(palette(0x14, 0) == 0x2a && palette(0x14, 1) == 0x15 && palette(0x14, 2) == 0, "colour 0x14 is brown");
	for (unsigned int i = 0; i < 80 * 25; i++)
		written += screen[i] != 0x0720;
	check_equal(written, 0, "the screen is empty");
}

void test_purgatory(void)
{
	test_jump("jump", LOW_ADDRESS, OWN_MODE);
	test_digest("digest", LOW_ADDRESS);
	test_keep_stack(OWN_MODE);
	test_ordinary_kexec(OWN_MODE);
	test_refusals();
#if IS_64
	test_jump("jump from above 4 GiB", 0x13fffe000, PURGATORY_TARGET_64);
	test_digest("digest from above 4 GiB", 0x13fffe000);
	test_jump("jump to 32-bit code", LOW_ADDRESS, PURGATORY_TARGET_32);
	test_ordinary_kexec(PURGATORY_TARGET_32);
	set_up("32-bit code from above 4 GiB", 0x13fffe000, PURGATORY_TARGET_32);
	jump_to_refusal();
#endif
	test_reset_vga();
	test_consoles();
}

/* An ordinary kexec of a damaged kexec image: purgatory must stop the machine, not continue. Never returns. */
void test_purgatory_stops(void)
{
	set_up("stop", LOW_ADDRESS, OWN_MODE);
	param()->flags &= ~(uint32_t)PURGATORY_JUMP;
	damage(2);
	kernel_jump(&here.kernel, (uintptr_t)here.purgatory);
	print("Bail out! purgatory continued\n");
	finish();
}
