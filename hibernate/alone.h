/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One khibernate at a time changes a snapshot and its place: one that gives back the blocks of a file, or makes a swap
 * area of the place again, while another one is about to save there, would cost a file system.
 */
#ifndef KJ_ALONE_H
#define KJ_ALONE_H

#include <stdbool.h>

#include "lib/base/error.h"

struct alone {
	int lock; /* 0, or 1 + the descriptor of a file that is locked */
};

/*
 * `waits`: until the other one ends; without that it is an error, if that takes longer than a moment. Best effort: in a
 * system without /run the file at `config` is locked, and there is no lock without it, or on some network file systems.
 */
struct error *alone_begin(struct alone *alone, const char *config, bool waits);
void alone_end(struct alone *alone);
#define AUTO_ALONE __attribute__((cleanup(alone_end)))

#endif
