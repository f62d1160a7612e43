/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate setup: where snapshots are to lie: a partition, a swap area, a file; without --device what is there. */
#ifndef KJ_SETUP_PLACE_H
#define KJ_SETUP_PLACE_H

#include <stdint.h>

#include "hibernate/invocation.h"
#include "lib/base/error.h"

/*
 * Sets device= and file= of the configuration to lasting names; *ret_path is the present name, heap. Without --device:
 * a swap area in use that holds `ram_bytes`, else the usual file. Makes a file that does not exist, and prints the
 * choice, with a warning where a boot finds the place by a name that may be another disk's.
 */
struct error *setup_place_choose(struct invocation *invocation, uint64_t ram_bytes, char **ret_path);

/*
 * Makes it an empty khimage, and prints its size; a swap area is left as it is until it is needed. Error: its contents
 * would be lost.
 */
struct error *setup_place_make(const struct invocation *invocation, const char *path, uint64_t ram_bytes);

#endif
