/* SPDX-License-Identifier: GPL-2.0-only */
#include "purgatory/vga.h"

#include <stddef.h>

#include "purgatory/ports.h"

/* The register groups of a VGA with colour, each accessed through a pair of ports: index and value. */
enum {
	ATTRIBUTE = 0x3c0, /* index and value alternate on one port */
	MISC = 0x3c2,
	SEQUENCER = 0x3c4,
	PALETTE_MASK = 0x3c6,
	PALETTE_WRITE = 0x3c8,
	PALETTE_DATA = 0x3c9,
	GRAPHICS = 0x3ce,
	CRTC = 0x3d4,
	INPUT_STATUS = 0x3da, /* read: the attribute port takes an index next */

	CRTC_UNLOCK = 0x11,
	ATTRIBUTE_SCREEN_ON = 0x20,
	SEQUENCER_RESET = 0x01,

	PALETTE_COLORS = 64,
	PALETTE_BRIGHT = 0x2a, /* of 0x3f */
	PALETTE_DIM = 0x15,
};

/* The register values of mode 3: 80x25 characters of 9x16 pixels, 16 colours (IBM VGA technical reference). */
static const uint8_t sequencer[] = { 0x03, 0x00, 0x03, 0x00, 0x02 };
static const uint8_t crtc[] = { 0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00,
				0x00, 0x00, 0x00, 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff };
static const uint8_t graphics[] = { 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff };
static const uint8_t attribute[] = { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3a,
				     0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x0c, 0x00, 0x0f, 0x08, 0x00 };
#define MISC_VALUE 0x67

static void write_group(int port, const uint8_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		port_write(port, (uint8_t)i);
		port_write(port + 1, values[i]);
	}
}

static void write_attributes(void)
{
	port_read(INPUT_STATUS);
	for (size_t i = 0; i < sizeof(attribute); i++) {
		port_write(ATTRIBUTE, (uint8_t)i);
		port_write(ATTRIBUTE, attribute[i]);
	}
	port_write(ATTRIBUTE, ATTRIBUTE_SCREEN_ON);
}

/* EGA's 64 colours: bits 0 to 2 are blue, green and red, bits 3 to 5 the same at half the light. */
static uint8_t light(unsigned int color, unsigned int bit)
{
	return (uint8_t)((color >> bit & 1) * PALETTE_BRIGHT + (color >> (bit + 3) & 1) * PALETTE_DIM);
}

static void write_palette(void)
{
	port_write(PALETTE_MASK, 0xff);
	port_write(PALETTE_WRITE, 0);
	for (unsigned int color = 0; color < PALETTE_COLORS; color++)
		for (unsigned int bit = 3; bit-- > 0;)
			port_write(PALETTE_DATA, light(color, bit));
}

void vga_reset(void)
{
	port_write(SEQUENCER, 0);
	port_write(SEQUENCER + 1, SEQUENCER_RESET);
	port_write(MISC, MISC_VALUE);
	write_group(SEQUENCER, sequencer, sizeof(sequencer));
	port_write(CRTC, CRTC_UNLOCK);
	port_write(CRTC + 1, 0);
	write_group(CRTC, crtc, sizeof(crtc));
	write_group(GRAPHICS, graphics, sizeof(graphics));
	write_attributes();
	write_palette();
	for (unsigned int i = 0; i < VGA_COLUMNS * VGA_ROWS; i++)
		VGA_TEXT[i] = VGA_GRAY_ON_BLACK | ' ';
}
