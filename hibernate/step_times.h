/* SPDX-License-Identifier: GPL-2.0-only */
/* How long each step of a hibernation and of the resume took, as the resumed kernel knows it (khibernate --times). */
#ifndef KJ_STEP_TIMES_H
#define KJ_STEP_TIMES_H

#include "include/khimage_format.h"
#include "lib/machine/step_clock.h"

/* Moments of the kernel that is saved. */
struct step_times {
	struct step_clock begun; /* the command */
	struct step_clock left;  /* right before reboot(2) */
	struct step_clock back;  /* right after it */
};

/* A line for each step and for both sums; a step that cannot be told is missing, or joined with its neighbour. Heap. */
char *step_times_text(const struct step_times *times, const struct khimage_times *others);

#endif
