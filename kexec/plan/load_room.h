/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room for what kexec_load(2) takes. If the kernel cannot find memory for it, it kills programs (the OOM killer), and
 * not the loader, which uses none for it.
 */
#ifndef KJ_LOAD_ROOM_H
#define KJ_LOAD_ROOM_H

#include "kexec/plan/plan.h"
#include "lib/base/error.h"

/*
 * Error: the plan takes more than the kernel below `root` can have, even if it gives up the pages of all files and swaps
 * out all it can, by /proc/meminfo. NULL if that does not say. Not for a crash kernel, whose memory is reserved.
 */
struct error *load_room_check(const struct plan *plan, const char *root);

/* If memory is too little nevertheless, this process is killed for it, no other, until load_room_end. Best effort. */
struct load_room {
	char *score_before;
};
void load_room_begin(struct load_room *room);
void load_room_end(struct load_room *room);

#endif
