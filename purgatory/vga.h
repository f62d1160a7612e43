/* SPDX-License-Identifier: GPL-2.0-only */
/* A VGA card: its text mode and its text memory. */
#ifndef KJ_VGA_H
#define KJ_VGA_H

#include <stdint.h>

/* Text mode: 80 columns and 25 rows of character and attribute, at the fixed address of VGA cards. */
enum {
	VGA_COLUMNS = 80,
	VGA_ROWS = 25,
	VGA_GRAY_ON_BLACK = 0x0700,
};
#define VGA_TEXT ((volatile uint16_t *)(uintptr_t)0xb8000)

/*
 * Sets text mode (mode 3) in the registers of a standard VGA and clears the
 * screen. A mode that uses other registers of the card may remain. The font in
 * its memory stays as it is.
 */
void vga_reset(void);

#endif
