/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/plan/load_room.h"

#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/size_text.h"
#include "lib/machine/machine.h"

/* The highest one: include/uapi/linux/oom.h */
#define SCORE_PATH "/proc/self/oom_score_adj"
#define SCORE_FIRST "1000\n"

struct error *load_room_check(const struct plan *plan, const char *root)
{
	uint64_t there, needed = 0;
	struct error *error = machine_obtainable_memory(root, &there);

	if (error) {
		error_free(error);
		return NULL;
	}
	for (size_t i = 0; i < plan->count; i++)
		needed += span_size(plan->segments[i].memory);
	if (needed <= there)
		return NULL;

	AUTO_FREE char *needed_text = size_text(needed);
	AUTO_FREE char *there_text = size_text(there);

	return error_new("%s are to be loaded or kept, and this machine has %s to spare: end programs, or choose a smaller "
			 "window, kernel or initrd", needed_text, there_text);
}

void load_room_begin(struct load_room *room)
{
	*room = (struct load_room){ 0 };
	error_free(read_small_file("/", SCORE_PATH, &room->score_before, NULL));
	if (room->score_before)
		write_value(SCORE_PATH, SCORE_FIRST);
}

void load_room_end(struct load_room *room)
{
	if (room->score_before)
		write_value(SCORE_PATH, room->score_before);
	free(room->score_before);
	*room = (struct load_room){ 0 };
}
