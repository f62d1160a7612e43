/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The digest over what is loaded. The message is cut into stripes of a page,
 * dealt out to four SHA-256 sums in turn; the digest is the SHA-256 of the four
 * results. Purgatory computes it with general registers, one stripe after the
 * other; the loader, which does it while somebody waits, four at a time.
 */
#ifndef KJ_STRIPED_DIGEST_H
#define KJ_STRIPED_DIGEST_H

#include "sha256.h"

#define STRIPE_BYTES 4096
#define STRIPE_LANES 4
#define STRIPE_GROUP_BYTES ((size_t)STRIPE_LANES * STRIPE_BYTES)

struct striped_digest {
	struct sha256 lanes[STRIPE_LANES];
	unsigned int lane;   /* that gets the next byte */
	size_t filled_bytes; /* of its current stripe */
	/* Adds `count` groups of STRIPE_LANES stripes at once; NULL: there is no such code here. */
	void (*add_groups)(struct sha256 *lanes, const uint8_t *from, size_t count);
};

void striped_digest_init(struct striped_digest *digest);

/* Adds `size_bytes` more bytes of the message; any number of calls, of any sizes, 0 included. */
void striped_digest_update(struct striped_digest *digest, const void *data, size_t size_bytes);

/* The digest of all bytes added; `digest` is used up and may only be initialised again. */
void striped_digest_final(struct striped_digest *digest, uint8_t ret_digest[SHA256_DIGEST_BYTES]);

#endif
