/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A swap area that holds a snapshot for a while (include/storage_map_format.h): its header stays, with another
 * signature, one write of one sector. So after a power cut at any moment it is a swap area, or it holds a khimage; never both, and
 * never one that this program has not made.
 */
#ifndef KJ_KHIMAGE_SWAP_H
#define KJ_KHIMAGE_SWAP_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/storage.h"

/* What the first page of `name`, DEVICE@OFFSET, says; STORAGE_HEAD_NONE of any other name. */
struct error *khimage_swap_head(const char *name, enum storage_head *ret_head);

/*
 * Makes an empty khimage in `blocks` of a swap area, of which the first page is at `member`, DEVICE@OFFSET. No kernel
 * swaps to it; it stays a swap area. All flushed. `is_encrypted`: the caller has seen the area's header, which does not
 * show here. Error: it is no swap area, or too small.
 */
struct error *khimage_swap_prepare(const char *member, const struct extents *blocks, bool is_encrypted);

/* Changes the signature, flushed, of all members of the name, which were prepared: the area holds the khimage now. */
struct error *khimage_swap_hold(const char *name);

/*
 * Makes it a swap area again, flushed; *ret_was_held (may be NULL): it was none. Error: it has a snapshot that is
 * committed.
 */
struct error *khimage_swap_release(const char *name, bool *ret_was_held);

#endif
