/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 as fast as this processor can: an initrd of hundreds of MiB goes
 * through it. Purgatory, which has general registers only, stays with the
 * plain code.
 */
#ifndef KJ_SHA256_FAST_H
#define KJ_SHA256_FAST_H

#include <stdbool.h>

#include "striped_digest.h"

enum sha256_speed {
	SHA256_PLAIN,
	SHA256_SSE2, /* four stripes at a time; nothing faster than plain for a single sum */
	SHA256_SHA,  /* the SHA instructions */
};

/* sha256_init, and from then on with the processor's SHA instructions; false, and plain, if it has none. */
bool sha256_init_fast(struct sha256 *sha);

/* striped_digest_init, and from then on in this way; false, and plain, if this processor cannot. */
bool striped_digest_init_with(struct striped_digest *digest, enum sha256_speed speed);

/* The same in the fastest way there is. */
void striped_digest_init_fast(struct striped_digest *digest);

#endif
