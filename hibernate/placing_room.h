/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room for the kernel that boots next: it places this one's snapshot only if the snapshot fits beside itself. The page
 * cache of a kernel grows until nearly all memory is in use.
 */
#ifndef KJ_PLACING_ROOM_H
#define KJ_PLACING_ROOM_H

#include <stdbool.h>

#include "lib/base/error.h"

/*
 * Drops the clean page cache below `root` if little memory is free; best effort. Error, if there is no fallback
 * (fallback=none): most likely there still is too little, and the snapshot would be lost.
 */
struct error *placing_room_make(const char *root, bool has_fallback);

#endif
