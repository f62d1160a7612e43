/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The khimages on the machine's other disks. Generations count on all of them
 * together: a kernel goes on after each save, so only the last image may ever
 * be restored, wherever it is.
 */
#ifndef KJ_KHIMAGE_OTHERS_H
#define KJ_KHIMAGE_OTHERS_H

#include <stdint.h>

#include "lib/base/error.h"

/* The newest one, in whatever state it is. */
struct khimage_newest {
	uint64_t generation; /* 0: there is none */
	char *path;          /* heap, NULL if there is none */
};

/* Looks at all block devices but the one that `path` is, or is on. Error: they cannot be listed. */
struct error *khimage_others_newest(const char *path, struct khimage_newest *ret_newest);

#endif
