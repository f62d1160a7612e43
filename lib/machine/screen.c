/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/screen.h"

#include <inttypes.h>
#include <string.h>

#include "include/boot_params_layout.h"
#include "lib/base/bytes.h"
#include "lib/base/alloc.h"

/*
 * Drivers that draw into the firmware's framebuffer and leave its mode alone: drivers/video/fbdev; those
 * of drivers/gpu/drm/sysfb (Linux 6.16, before that tiny/simpledrm.c) with "drmfb" behind their names.
 */
static bool keeps_mode(const char *driver)
{
	static const char *const drivers[] = {
		"VESA VGA", "EFI VGA", "simple", "simpledrmdrmfb", "vesadrmdrmfb", "efidrmdrmfb",
	};

	for (size_t i = 0; i < ARRAY_COUNT(drivers); i++)
		if (!strcmp(driver, drivers[i]))
			return true;
	return false;
}

enum screen screen_choose(const struct machine *machine, bool reset_vga, bool reuse)
{
	if (reset_vga)
		return SCREEN_TEXT;
	if (!machine->has_boot_params)
		return machine->efi.entry_count ? SCREEN_NONE : SCREEN_TEXT;
	if (reuse || !machine->framebuffer || keeps_mode(machine->framebuffer))
		return SCREEN_AS_BOOTED;
	return SCREEN_NONE;
}

void screen_fill(uint8_t *screen_info, enum screen screen)
{
	if (screen == SCREEN_AS_BOOTED)
		return;
	screen_info[SCREEN_TYPE] = 0;
	memset(screen_info + SCREEN_WIDTH, 0, SCREEN_INFO_BYTES - SCREEN_WIDTH);
	if (screen == SCREEN_NONE)
		return;
	store_u16(screen_info + SCREEN_CURSOR, 0);
	store_u16(screen_info + SCREEN_PAGE, 0);
	store_u16(screen_info + SCREEN_EGA_BX, 0);
	screen_info[SCREEN_MODE] = 3;
	screen_info[SCREEN_COLUMNS] = 80;
	screen_info[SCREEN_LINES] = 25;
	screen_info[SCREEN_TYPE] = SCREEN_TYPE_VGA_TEXT;
	store_u16(screen_info + SCREEN_POINTS, 16);
}

static char *graphics_text(const uint8_t *screen_info)
{
	uint64_t base = load_u32(screen_info + SCREEN_BASE) | (uint64_t)load_u32(screen_info + SCREEN_BASE_HIGH) << 32;

	return xasprintf("%ux%u, %u bit, at 0x%" PRIx64 " (%s)", load_u16(screen_info + SCREEN_WIDTH),
			 load_u16(screen_info + SCREEN_HEIGHT), load_u16(screen_info + SCREEN_DEPTH), base,
			 screen_info[SCREEN_TYPE] == SCREEN_TYPE_EFI ? "EFI" : "VESA");
}

char *screen_text(const struct machine *machine, enum screen screen)
{
	const uint8_t *booted = machine->boot_params + BP_SCREEN_INFO;
	bool graphics = booted[SCREEN_TYPE] == SCREEN_TYPE_EFI || booted[SCREEN_TYPE] == SCREEN_TYPE_VESA;

	switch (screen) {
	case SCREEN_AS_BOOTED:
		return graphics ? graphics_text(booted) : NULL;
	case SCREEN_TEXT:
		return machine->has_boot_params ? xstrdup("text mode") : NULL;
	case SCREEN_NONE:
		break;
	}
	return machine->framebuffer ? xasprintf("not passed on, \"%s\" has changed it", machine->framebuffer) :
				      xstrdup("not known");
}
