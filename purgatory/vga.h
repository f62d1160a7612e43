/* SPDX-License-Identifier: GPL-2.0-only */
/* A VGA card: back into text mode, and text on it. */
#ifndef KJ_VGA_H
#define KJ_VGA_H

#include <stdint.h>

/* Text mode: 80 columns and 25 rows of character and attribute, at the address VGA cards have it. */
enum {
	VGA_COLUMNS = 80,
	VGA_ROWS = 25,
	VGA_GRAY_ON_BLACK = 0x0700,
};
#define VGA_TEXT ((volatile uint16_t *)(uintptr_t)0xb8000)

/*
 * Puts a standard VGA into text mode (mode 3) by its registers and clears the
 * screen, as far as the card is in a mode that these registers know. The font in
 * its memory is left as it is.
 */
void vga_reset(void);

#endif
