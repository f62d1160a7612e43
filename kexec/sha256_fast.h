/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 as fast as this processor can: an initrd of hundreds of MiB goes
 * through it. Purgatory, which has general registers only, stays with the
 * plain code.
 */
#ifndef KJ_SHA256_FAST_H
#define KJ_SHA256_FAST_H

#include <stdbool.h>

#include "sha256.h"

/* sha256_init, and from then on with the processor's SHA instructions; false, and plain, if it has none. */
bool sha256_init_fast(struct sha256 *sha);

#endif
