/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A swap area as the place of snapshots, also one in use: swapped off before the save, and on again after it. Between
 * it holds a khimage (lib/khimage/khimage_swap.h).
 */
#ifndef KJ_SWAP_PLACE_H
#define KJ_SWAP_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

/* A swap area that is taken. Zero-initialise: none. */
struct swap_place {
	char *device; /* DEVICE@OFFSET; NULL: it is no swap area */
	char *path;   /* what swapon(2) takes */
	int flags;    /* of swapon(2), with its priority; -1: it was not on */
};

void swap_place_deinit(struct swap_place *place);
#define AUTO_SWAP_PLACE __attribute__((cleanup(swap_place_deinit)))

/* The largest swap area in use that holds so many bytes and lies on a disk; heap, NULL if there is none. */
char *swap_place_find(uint64_t bytes);

/*
 * Takes the swap area at `device`, DEVICE@OFFSET, in `file` if that is not "": swaps off, and makes an empty khimage of
 * it. Does nothing if there is no swap area. Errors: memory has no room for what is swapped, with the numbers; the
 * file was moved. It is on then as it was.
 */
struct error *swap_place_take(struct swap_place *place, const char *device, const char *file);

/* Adds `more`, if there is one, to an error, if there is one. Owns both. */
struct error *swap_place_both(struct error *error, struct error *more);

/* Makes it a swap area again, and swaps on if it was on. After an error it is off. */
struct error *swap_place_give_back(struct swap_place *place);

/* The same in another boot: *ret_done (may be NULL) is false if it holds no khimage; `swaps_on`: swapon, too. */
struct error *swap_place_recover(const char *device, const char *file, bool swaps_on, bool *ret_done);

#endif
