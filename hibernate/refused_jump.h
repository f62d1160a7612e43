/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The placing program of an earlier boot may have refused, and reset the machine, when its snapshot was marked as used
 * already. It left struct place_refused in memory (include/place_param.h), with the token that the mark has. Most
 * firmware keeps memory over such a reset. The message proves that the snapshot's kernel was not entered.
 */
#ifndef KJ_REFUSED_JUMP_H
#define KJ_REFUSED_JUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/khimage/khimage.h"

/* Whether the message with `token` is in this machine's memory, by /proc/iomem and /proc/kcore below `root`. */
bool refused_jump_left(const char *root, uint64_t token);

/*
 * If such a message concerns the used snapshot at `path`: sets *ret_taken_back, and with `write` makes the snapshot
 * committed again, on the medium and in *superblock. To be called before anything is mounted.
 */
struct error *refused_jump_take_back(const char *path, struct khimage_superblock *superblock, bool write,
				     bool *ret_taken_back);

#endif
