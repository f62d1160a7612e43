/* SPDX-License-Identifier: GPL-2.0-only */
#include "striped_digest.h"

void striped_digest_init(struct striped_digest *digest)
{
	for (unsigned int i = 0; i < STRIPE_LANES; i++)
		sha256_init(&digest->lanes[i]);
	digest->lane = 0;
	digest->filled_bytes = 0;
	digest->add_groups = NULL;
}

void striped_digest_update(struct striped_digest *digest, const void *data, size_t size_bytes)
{
	const uint8_t *from = data;

	while (size_bytes) {
		size_t groups = size_bytes / STRIPE_GROUP_BYTES, taken = STRIPE_BYTES - digest->filled_bytes;

		if (digest->add_groups && groups && !digest->lane && !digest->filled_bytes) {
			taken = groups * STRIPE_GROUP_BYTES;
			digest->add_groups(digest->lanes, from, groups);
		} else {
			if (taken > size_bytes)
				taken = size_bytes;
			sha256_update(&digest->lanes[digest->lane], from, taken);
			digest->filled_bytes += taken;
			if (digest->filled_bytes == STRIPE_BYTES) {
				digest->filled_bytes = 0;
				digest->lane = (digest->lane + 1) % STRIPE_LANES;
			}
		}
		from += taken;
		size_bytes -= taken;
	}
}

void striped_digest_final(struct striped_digest *digest, uint8_t ret_digest[SHA256_DIGEST_BYTES])
{
	uint8_t lane[SHA256_DIGEST_BYTES];
	struct sha256 all;

	sha256_init(&all);
	for (unsigned int i = 0; i < STRIPE_LANES; i++) {
		sha256_final(&digest->lanes[i], lane);
		sha256_update(&all, lane, sizeof(lane));
	}
	sha256_final(&all, ret_digest);
}
