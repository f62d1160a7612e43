/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/vm-blobs/machine.h"

const char *machine_options;

enum {
	SERIAL_PORT = 0x3f8,
	EXIT_PORT = 0xf4, /* QEMU's isa-debug-exit, see run.sh */
};

static unsigned int check_count, failed_count;
static const char *story = "";

void port_out(int port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"((uint16_t)port));
}

uint8_t port_in(int port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"((uint16_t)port));
	return value;
}

void print(const char *text)
{
	for (; *text; text++)
		port_out(SERIAL_PORT, (uint8_t)*text);
}

static void print_number(uint64_t number, unsigned int base)
{
	char digits[24];
	unsigned int at = sizeof(digits) - 1;

	digits[at] = '\0';
	do {
		/* Halves: 32-bit code has no 64-bit division without a library. */
		uint64_t high = number >> 32, low = number & 0xffffffff;
		uint64_t rest = 0, quotient = 0;

		for (int bit = 63; bit >= 0; bit--) {
			uint64_t next = bit >= 32 ? high >> (bit - 32) & 1 : low >> bit & 1;

			rest = rest << 1 | next;
			quotient <<= 1;
			if (rest >= base) {
				rest -= base;
				quotient |= 1;
			}
		}
		digits[--at] = "0123456789abcdef"[rest];
		number = quotient;
	} while (number);
	print(digits + at);
}

bool has_option(const char *name)
{
	for (const char *at = machine_options; *at; at++) {
		size_t i = 0;

		while (name[i] && at[i] == name[i])
			i++;
		if (!name[i])
			return true;
	}
	return false;
}

void begin_story(const char *name)
{
	story = name;
}

void check(bool passed, const char *name)
{
	print(passed ? "ok " : "not ok ");
	print_number(++check_count, 10);
	print(" - ");
	print(story);
	print(": ");
	print(name);
	print("\n");
	failed_count += !passed;
}

void check_equal(uint64_t got, uint64_t wanted, const char *name)
{
	check(got == wanted, name);
	if (got == wanted)
		return;
	print("# got 0x");
	print_number(got, 16);
	print(", wanted 0x");
	print_number(wanted, 16);
	print("\n");
}

_Noreturn void finish(void)
{
	print("1..");
	print_number(check_count, 10);
	print("\n");
	port_out(EXIT_PORT, failed_count ? 1 : 0);
	for (;;)
		asm volatile("cli; hlt");
}

uint8_t *place_blob(const struct blob *blob, uint64_t address)
{
	uint8_t *to = (uint8_t *)(uintptr_t)address;

	for (size_t i = 0; i < blob->memory_size_bytes; i++)
		to[i] = i < blob->size_bytes ? blob->data[i] : 0xa5;
	return to;
}

void machine_main(void);

void machine_main(void)
{
	if (has_option("stop"))
		test_purgatory_stops();
	if (has_option("reset"))
		test_place_resets();
	begin_story("machine");
	if (has_option("five-levels"))
		check(page_table_levels() == 5, "page tables have five levels");
	test_gate();
	test_purgatory();
	test_place();
	test_other_cpus();
	finish();
}
