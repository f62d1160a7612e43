/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the new kernel is told of the screen. It cannot ask the firmware: it
 * takes the mode and the address of the framebuffer as they are, from struct
 * screen_info in its boot parameters.
 */
#ifndef KJ_SCREEN_H
#define KJ_SCREEN_H

#include <stdint.h>

#include "lib/machine/machine.h"

enum screen {
	SCREEN_AS_BOOTED, /* as the running kernel was told: the firmware's mode is still there */
	SCREEN_TEXT,      /* a VGA in text mode, 80 by 25 */
	SCREEN_NONE,      /* nothing: a driver has set another mode, and nobody knows which */
};

/*
 * `reset_vga`: purgatory puts the card into text mode. `reuse`: the firmware's
 * mode is to be taken as there, whatever drives the screen now.
 */
enum screen screen_choose(const struct machine *machine, bool reset_vga, bool reuse);

/* Changes the struct screen_info that the running kernel was booted with (or zeros) as `screen` says. */
void screen_fill(uint8_t *screen_info, enum screen screen);

/* One line about it, heap; NULL if there is no graphics to tell of. */
char *screen_text(const struct machine *machine, enum screen screen);

#endif
