/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A restore by placement: reads the snapshot into memory of this process, and loads the rest of the work for the jump.
 */
#ifndef KJ_PLACING_LOAD_H
#define KJ_PLACING_LOAD_H

#include "hibernate/restore.h"
#include "kexec/place/placement.h"
#include "lib/machine/machine.h"

/*
 * The whole restore: takes memory, reads the snapshot once, compares its checksums, and loads the jump to it. The
 * placement (initialised here) must exist until the jump. An error leaves the running kernel unchanged, and nothing
 * loaded.
 */
struct error *placing_load(struct placement *placement, const struct restore *restore, const struct machine *machine,
			   uint64_t entry);

#endif
