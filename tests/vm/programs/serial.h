/* SPDX-License-Identifier: GPL-2.0-only */
/* The serial port of a test machine, for programs without a kernel below them. */
#ifndef KJ_TESTS_SERIAL_H
#define KJ_TESTS_SERIAL_H

#include <stdint.h>

#define SERIAL_PORT 0x3f8
#define SERIAL_LINE_STATUS (SERIAL_PORT + 5)
#define SERIAL_TRANSMITTER_EMPTY 0x20

static inline void out_byte(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t in_byte(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void print_char(char letter)
{
	while (!(in_byte(SERIAL_LINE_STATUS) & SERIAL_TRANSMITTER_EMPTY))
		;
	out_byte(SERIAL_PORT, (uint8_t)letter);
}

static inline void print(const char *text)
{
	for (; *text; text++)
		print_char(*text);
}

#endif
