/* SPDX-License-Identifier: GPL-2.0-only */
/* A jump must not exchange the memory of this kernel's offline CPUs: that wakes them (lib/machine/parked_memory.h). */
#include <inttypes.h>
#include <stdlib.h>

#include "kexec/plan/loading.h"
#include "lib/base/alloc.h"
#include "lib/machine/parked_memory.h"

void parked_read(struct loading *loading)
{
	struct error *error = loading->is_jump ? parked_memory_read(&loading->machine) : NULL;

	if (error)
		loading->parked_unknown = xstrdup(error_text(error));
	error_free(error);
}

static struct error *refuse(const struct loading *loading, struct span segment, struct span used)
{
	bool in_window = span_set_overlaps(&loading->window.memory, segment);
	AUTO_FREE char *place = in_window ? xstrdup(loading->where) :
					    xasprintf("0x%" PRIx64 "-0x%" PRIx64, segment.start, segment.end - 1);

	return error_new("%s holds what this kernel's CPUs use when they are offline (0x%" PRIx64 "-0x%" PRIx64 "): the jump "
			 "would wake them, as they have MWAIT, and they would run what is there then; %s",
			 place, used.start, used.end - 1,
			 in_window ? "choose other --mem-min and --mem-max, or give none" :
				     "start this kernel with nr_cpus=1");
}

struct error *parked_check(const struct loading *loading)
{
	const struct span_set *parked = &loading->machine.parked;

	for (size_t i = 0; i < loading->plan.count; i++)
		for (size_t part = 0; part < parked->count; part++) {
			struct span segment = loading->plan.segments[i].memory;
			struct span used = span_intersect(segment, parked->items[part]);

			if (!span_is_empty(used))
				return refuse(loading, segment, used);
		}
	return NULL;
}
