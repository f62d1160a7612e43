/* SPDX-License-Identifier: GPL-2.0-only */
/* I/O ports. */
#ifndef KJ_PORTS_H
#define KJ_PORTS_H

#include <stdint.h>

static inline void port_write(int port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"((uint16_t)port));
}

static inline uint8_t port_read(int port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"((uint16_t)port));
	return value;
}

#endif
