/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Encrypts the parts of a snapshot, and proves that they are its own and in their place; by libsodium, if it is built
 * in. doc/khimage.md has the design.
 */
#ifndef KJ_KHIMAGE_CRYPT_H
#define KJ_KHIMAGE_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/khimage_format.h"
#include "include/khkey_format.h"
#include "lib/base/error.h"

/* The key of one snapshot, in locked memory. For any thread. */
struct khimage_crypt;

/* NULL if this build can encrypt and decrypt, else an error with the missing library. */
struct error *khimage_crypt_available(void);

/*
 * Makes the key of a new snapshot: random, sealed in *encryption for who has the secret half of saving->public_key,
 * and bound to saving->authentication. The cipher is the fastest of this processor.
 */
struct error *khimage_crypt_begin(const struct khkey_saving *saving, struct khimage_encryption *encryption,
				  struct khimage_crypt **ret_crypt);

/*
 * Moves the fields that are not to be seen into superblock->encryption. Once for each snapshot: all other
 * fields but state, sequence, attempts, times and jump_token are authenticated by it and must be set.
 */
void khimage_crypt_hide_fields(const struct khimage_crypt *crypt, struct khimage_superblock *superblock);

/*
 * Opens a snapshot by its superblock, whose hidden fields are put back. Errors: another key's; forged or changed;
 * a cipher that this processor does not have.
 */
struct error *khimage_crypt_unlock(const struct khkey_open *key, struct khimage_superblock *superblock,
				   struct khimage_crypt **ret_crypt);

/* The key of this snapshot alone, for another kernel that restores it; secret_free frees it. */
struct khkey_open *khimage_crypt_pass(const struct khimage_crypt *crypt, const struct khimage_superblock *superblock);

/* Overwrites and frees the key; takes NULL. */
void khimage_crypt_end(struct khimage_crypt *crypt);

/* Encrypts `size` bytes in place; each part and number only once. `part` is KHIMAGE_PART_... */
void khimage_crypt_seal(const struct khimage_crypt *crypt, uint32_t part, uint64_t number, void *data, size_t size,
			uint8_t ret_tag[KHIMAGE_TAG_BYTES]);

/* Decrypts to `to`, which may be `from`. False, and nothing to be used at `to`: not what was sealed as this part. */
bool khimage_crypt_open(const struct khimage_crypt *crypt, uint32_t part, uint64_t number, const void *from,
			size_t size, const uint8_t tag[KHIMAGE_TAG_BYTES], void *to);

/* khimage_encryption.cipher by its name, "none" for a plain snapshot; "unknown". */
const char *khimage_cipher_name(uint32_t cipher);

#endif
