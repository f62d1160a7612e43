/* SPDX-License-Identifier: GPL-2.0-only */
/* Purgatory's console for error messages: a serial port, the text screen, both or none. */
#ifndef KJ_CONSOLE_H
#define KJ_CONSOLE_H

#include <stdint.h>

#include "include/purgatory_param.h"

struct console {
	uint32_t flags; /* PURGATORY_CONSOLE_* */
	uint16_t serial_port;
	uint16_t vga_column;
};

/* Opens the consoles that the parameters name: sets the serial speed, scrolls the screen by a line. */
void console_init(struct console *console, const struct purgatory_param *param);

/* Writes text to all of them; '\n' ends a line. */
void console_write(struct console *console, const char *text);

#endif
