/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The jump of the window way, by the gate. It is loaded last: were it loaded while memory is written, and this program
 * killed then, a later kexec -e would enter half a kernel.
 */
#ifndef KJ_WINDOW_JUMP_H
#define KJ_WINDOW_JUMP_H

#include <stdint.h>

#include "lib/base/error.h"
#include "lib/core/jump_note.h"
#include "lib/machine/machine.h"

/* Whether it can be loaded; nothing is, afterwards. `entry` is where the saved kernel continues. */
struct error *window_jump_try(const struct machine *machine, const struct jump_note *note, uint64_t entry);

/* Loads it and jumps. Returns only with an error. */
struct error *window_jump(const struct machine *machine, const struct jump_note *note, uint64_t entry);

#endif
