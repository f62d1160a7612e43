/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The description of the screen for the new kernel, struct screen_info in its
 * boot parameters. The kernel cannot ask the firmware, so it takes the mode and
 * the address of the framebuffer from there.
 */
#ifndef KJ_SCREEN_H
#define KJ_SCREEN_H

#include <stdint.h>

#include "lib/machine/machine.h"

enum screen {
	SCREEN_AS_BOOTED, /* as in the running kernel's boot parameters: the firmware's mode is still set */
	SCREEN_TEXT,      /* a VGA in text mode, 80 by 25 */
	SCREEN_NONE,      /* no description: a driver has set another mode, which is not known */
};

/*
 * `reset_vga`: purgatory sets text mode. `reuse`: assume that the firmware's
 * mode is still set, whichever driver uses the screen now.
 */
enum screen screen_choose(const struct machine *machine, bool reset_vga, bool reuse);

/* Adapts the struct screen_info that the running kernel was booted with (or zeros) to `screen`. */
void screen_fill(uint8_t *screen_info, enum screen screen);

/* One line about it, heap; NULL if there is no graphics to describe. */
char *screen_text(const struct machine *machine, enum screen screen);

#endif
