/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random numbers of a kernel that was resumed. Its generator is in the state in which it was saved: a snapshot that is
 * resumed more than once would give out the same numbers, and keys, each time.
 */
#ifndef KJ_FRESH_RANDOM_H
#define KJ_FRESH_RANDOM_H

#include <stddef.h>

/*
 * Mixes `data`, which differs from resume to resume, and the time into the kernel's generator, and lets it begin anew
 * (random(4), RNDRESEEDCRNG). Best effort. Programs with generators of their own are not covered.
 */
void fresh_random_mix(const void *data, size_t size);

#endif
