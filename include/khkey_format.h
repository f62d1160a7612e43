/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The key files of encrypted snapshots. Each has one of these structs, little endian; doc/khimage.md says who needs
 * which, and how they are made.
 */
#ifndef KJ_KHKEY_FORMAT_H
#define KJ_KHKEY_FORMAT_H

#include <stdint.h>

#define KHKEY_BYTES 32

/* For saving: to whom snapshots are encrypted, and what proves that this system made them. To be kept secret. */
#define KHKEY_SAVING_MAGIC "KHKEYS1"
struct khkey_saving {
	char magic[8];
	uint8_t public_key[KHKEY_BYTES];     /* X25519 */
	uint8_t authentication[KHKEY_BYTES]; /* of BLAKE2b */
};

/* For restoring, without a passphrase. To be kept secret. */
#define KHKEY_OPEN_MAGIC "KHKEYO1"
/* For restoring one snapshot: secret_key is that snapshot's own, and opens no other. */
#define KHKEY_SNAPSHOT_MAGIC "KHKEYI1"
struct khkey_open {
	char magic[8];
	uint8_t public_key[KHKEY_BYTES];
	uint8_t secret_key[KHKEY_BYTES];
	uint8_t authentication[KHKEY_BYTES];
};

/* The same, sealed by a passphrase. */
#define KHKEY_SEALED_MAGIC "KHKEYP1"
#define KHKEY_SALT_BYTES 16
#define KHKEY_NONCE_BYTES 24
#define KHKEY_TAG_BYTES 16
struct khkey_sealed {
	char magic[8];
	uint64_t operations;   /* of Argon2id, version 1.3 */
	uint64_t memory_bytes; /* that it takes */
	uint8_t salt[KHKEY_SALT_BYTES];
	uint8_t public_key[KHKEY_BYTES];
	uint8_t nonce[KHKEY_NONCE_BYTES];
	/* secret_key and authentication of a khkey_open, by XSalsa20-Poly1305: the tag comes first. */
	uint8_t sealed[KHKEY_TAG_BYTES + 2 * KHKEY_BYTES];
};

_Static_assert(sizeof(struct khkey_saving) == 72, "on-disk layout");
_Static_assert(sizeof(struct khkey_open) == 104, "on-disk layout");
_Static_assert(sizeof(struct khkey_sealed) == 176, "on-disk layout");

#endif
