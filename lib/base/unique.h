/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers by which two snapshots, or two attempts to restore one, differ. They are no secret. */
#ifndef KJ_UNIQUE_H
#define KJ_UNIQUE_H

#include <stdint.h>

/*
 * A random number, never 0. Early in a boot that has no random numbers yet it does not wait: the time, in nanoseconds, is
 * another one for each call as well.
 */
uint64_t unique_number(void);

#endif
