/* SPDX-License-Identifier: GPL-2.0-only */
#include "purgatory/console.h"

#include "purgatory/ports.h"
#include "purgatory/vga.h"

/* Registers of a 16550, from its port on (drivers/tty/serial/8250; include/uapi/linux/serial_reg.h). */
enum {
	UART_DATA = 0, /* low byte of the divisor while LINE_DIVISOR is set */
	UART_DIVISOR_HIGH = 1,
	UART_LINE = 3,
	UART_LINE_STATUS = 5,

	LINE_8N1 = 0x03,
	LINE_DIVISOR = 0x80,
	STATUS_CAN_SEND = 0x20,

	UART_BASE_BAUD = 115200,
};

static void serial_set_speed(uint16_t port, uint32_t baud)
{
	uint32_t divisor = baud < UART_BASE_BAUD ? UART_BASE_BAUD / baud : 1;

	port_write(port + UART_LINE, LINE_8N1 | LINE_DIVISOR);
	port_write(port + UART_DATA, (uint8_t)divisor);
	port_write(port + UART_DIVISOR_HIGH, (uint8_t)(divisor >> 8));
	port_write(port + UART_LINE, LINE_8N1);
}

static void serial_put(uint16_t port, char character)
{
	/* The wait is bounded: the port may be absent, or never ready. */
	for (uint32_t tries = 1000000; tries; tries--)
		if (port_read(port + UART_LINE_STATUS) & STATUS_CAN_SEND)
			break;
	port_write(port + UART_DATA, (uint8_t)character);
}

/* The cursor position is not known: all text goes to the last row, and the screen scrolls. */
static void vga_new_line(struct console *console)
{
	volatile uint16_t *last_row = VGA_TEXT + VGA_COLUMNS * (VGA_ROWS - 1);

	for (unsigned int i = 0; i < VGA_COLUMNS * (VGA_ROWS - 1); i++)
		VGA_TEXT[i] = VGA_TEXT[i + VGA_COLUMNS];
	for (unsigned int i = 0; i < VGA_COLUMNS; i++)
		last_row[i] = VGA_GRAY_ON_BLACK | ' ';
	console->vga_column = 0;
}

static void vga_put(struct console *console, char character)
{
	if (character == '\n' || console->vga_column == VGA_COLUMNS)
		vga_new_line(console);
	if (character != '\n')
		VGA_TEXT[VGA_COLUMNS * (VGA_ROWS - 1) + console->vga_column++] =
			(uint16_t)(VGA_GRAY_ON_BLACK | (uint8_t)character);
}

void console_init(struct console *console, const struct purgatory_param *param)
{
	console->flags = param->flags;
	console->serial_port = param->serial_port;
	if ((console->flags & PURGATORY_CONSOLE_SERIAL) && param->serial_baud)
		serial_set_speed(param->serial_port, param->serial_baud);
	if (console->flags & PURGATORY_CONSOLE_VGA)
		vga_new_line(console);
}

void console_write(struct console *console, const char *text)
{
	for (; *text; text++) {
		if (console->flags & PURGATORY_CONSOLE_SERIAL) {
			if (*text == '\n')
				serial_put(console->serial_port, '\r');
			serial_put(console->serial_port, *text);
		}
		if (console->flags & PURGATORY_CONSOLE_VGA)
			vga_put(console, *text);
	}
}
