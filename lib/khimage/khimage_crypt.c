/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/khimage_crypt.h"

#include <string.h>

#include "config.h"
#include "lib/base/alloc.h"
#include "lib/base/secret.h"

static const char *const cipher_names[] = {
	[KHIMAGE_PLAIN] = "none",
	[KHIMAGE_AES256_GCM] = "AES-256-GCM",
	[KHIMAGE_CHACHA20_POLY1305] = "ChaCha20-Poly1305",
};

const char *khimage_cipher_name(uint32_t cipher)
{
	return cipher < ARRAY_COUNT(cipher_names) ? cipher_names[cipher] : "unknown";
}

#ifdef HAVE_LIBSODIUM
#include <sodium.h>

struct khimage_crypt {
	crypto_aead_aes256gcm_state aes; /* the expanded key */
	uint8_t key[KHIMAGE_KEY_BYTES];
	uint32_t cipher;
};

_Static_assert(KHIMAGE_KEY_BYTES == crypto_aead_aes256gcm_KEYBYTES, "a key for AES");
_Static_assert(KHIMAGE_KEY_BYTES == crypto_aead_chacha20poly1305_ietf_KEYBYTES, "a key for ChaCha20");
_Static_assert(KHIMAGE_TAG_BYTES == crypto_aead_aes256gcm_ABYTES, "a tag of AES-GCM");
_Static_assert(KHIMAGE_TAG_BYTES == crypto_aead_chacha20poly1305_ietf_ABYTES, "a tag of Poly1305");
_Static_assert(sizeof(((struct khimage_encryption *)0)->sealed_key) == KHIMAGE_KEY_BYTES + crypto_box_SEALBYTES,
	       "a sealed key");
_Static_assert(KHKEY_BYTES == crypto_box_PUBLICKEYBYTES && KHKEY_BYTES == crypto_box_SECRETKEYBYTES, "X25519");

struct error *khimage_crypt_available(void)
{
	return sodium_init() < 0 ? error_new("libsodium finds no random numbers: nothing can be encrypted") : NULL;
}

static void expand(struct khimage_crypt *crypt, uint32_t cipher)
{
	crypt->cipher = cipher;
	if (cipher == KHIMAGE_AES256_GCM)
		crypto_aead_aes256gcm_beforenm(&crypt->aes, crypt->key);
}

/* The key that encrypts: without `authentication` nobody can make one that fits a sealed key. */
static struct khimage_crypt *derive(const uint8_t random[KHIMAGE_KEY_BYTES],
				    const uint8_t authentication[KHKEY_BYTES], uint32_t cipher)
{
	struct khimage_crypt *crypt = secret_alloc(sizeof(*crypt));

	crypto_generichash(crypt->key, sizeof(crypt->key), random, KHIMAGE_KEY_BYTES, authentication, KHKEY_BYTES);
	expand(crypt, cipher);
	return crypt;
}

struct khkey_open *khimage_crypt_pass(const struct khimage_crypt *crypt, const struct khimage_superblock *superblock)
{
	struct khkey_open *key = secret_alloc(sizeof(*key));

	memcpy(key->magic, KHKEY_SNAPSHOT_MAGIC, sizeof(key->magic));
	memcpy(key->public_key, superblock->encryption.public_key, sizeof(key->public_key));
	memcpy(key->secret_key, crypt->key, sizeof(key->secret_key));
	return key;
}

/* By the snapshot's own key, or by the one that takes it off its seal. NULL: the seal is not for this key. */
static struct khimage_crypt *open_key(const struct khkey_open *key, const struct khimage_encryption *encryption)
{
	AUTO_SECRET uint8_t *random = secret_alloc(KHIMAGE_KEY_BYTES);

	if (!memcmp(key->magic, KHKEY_SNAPSHOT_MAGIC, sizeof(key->magic))) {
		struct khimage_crypt *crypt = secret_alloc(sizeof(*crypt));

		memcpy(crypt->key, key->secret_key, sizeof(crypt->key));
		expand(crypt, encryption->cipher);
		return crypt;
	}
	if (crypto_box_seal_open(random, encryption->sealed_key, sizeof(encryption->sealed_key), key->public_key,
				 key->secret_key))
		return NULL;
	return derive(random, key->authentication, encryption->cipher);
}

struct error *khimage_crypt_begin(const struct khkey_saving *saving, struct khimage_encryption *encryption,
				  struct khimage_crypt **ret_crypt)
{
	struct error *error = khimage_crypt_available();
	AUTO_SECRET uint8_t *random = secret_alloc(KHIMAGE_KEY_BYTES);

	if (error)
		return error;
	randombytes_buf(random, KHIMAGE_KEY_BYTES);
	*encryption = (struct khimage_encryption){ 0 };
	encryption->cipher = crypto_aead_aes256gcm_is_available() ? KHIMAGE_AES256_GCM : KHIMAGE_CHACHA20_POLY1305;
	memcpy(encryption->public_key, saving->public_key, sizeof(encryption->public_key));
	if (crypto_box_seal(encryption->sealed_key, random, KHIMAGE_KEY_BYTES, saving->public_key))
		return error_new("the public key is none: nothing can be encrypted for it");
	*ret_crypt = derive(random, saving->authentication, encryption->cipher);
	return NULL;
}

void khimage_crypt_end(struct khimage_crypt *crypt)
{
	secret_free(crypt);
}

struct nonce {
	uint8_t bytes[crypto_aead_aes256gcm_NPUBBYTES];
};
_Static_assert(crypto_aead_aes256gcm_NPUBBYTES == 12 && crypto_aead_chacha20poly1305_ietf_NPUBBYTES == 12,
	       "a part and a number");

static struct nonce nonce_of(uint32_t part, uint64_t number)
{
	struct nonce nonce;

	memcpy(nonce.bytes, &part, sizeof(part));
	memcpy(nonce.bytes + sizeof(part), &number, sizeof(number));
	return nonce;
}

static void seal(const struct khimage_crypt *crypt, struct nonce nonce, void *data, size_t size, struct bytes known,
		 uint8_t *tag)
{
	if (crypt->cipher == KHIMAGE_AES256_GCM)
		crypto_aead_aes256gcm_encrypt_detached_afternm(data, tag, NULL, data, size, known.data, known.size, NULL,
							       nonce.bytes, &crypt->aes);
	else
		crypto_aead_chacha20poly1305_ietf_encrypt_detached(data, tag, NULL, data, size, known.data, known.size,
								   NULL, nonce.bytes, crypt->key);
}

static bool open_sealed(const struct khimage_crypt *crypt, struct nonce nonce, struct bytes from, struct bytes known,
			const uint8_t *tag, void *to)
{
	if (crypt->cipher == KHIMAGE_AES256_GCM)
		return !crypto_aead_aes256gcm_decrypt_detached_afternm(to, NULL, from.data, from.size, tag, known.data,
								       known.size, nonce.bytes, &crypt->aes);
	return !crypto_aead_chacha20poly1305_ietf_decrypt_detached(to, NULL, from.data, from.size, tag, known.data,
								   known.size, nonce.bytes, crypt->key);
}

void khimage_crypt_seal(const struct khimage_crypt *crypt, uint32_t part, uint64_t number, void *data, size_t size,
			uint8_t ret_tag[KHIMAGE_TAG_BYTES])
{
	seal(crypt, nonce_of(part, number), data, size, (struct bytes){ 0 }, ret_tag);
}

bool khimage_crypt_open(const struct khimage_crypt *crypt, uint32_t part, uint64_t number, const void *from,
			size_t size, const uint8_t tag[KHIMAGE_TAG_BYTES], void *to)
{
	return open_sealed(crypt, nonce_of(part, number), (struct bytes){ from, size }, (struct bytes){ 0 }, tag, to);
}

/* What stays readable in a superblock and must not be changed: it is authenticated with the hidden fields. */
struct known_fields {
	uint64_t generation, image_id, created, memory_digest;
	uint32_t version, cipher;
	uint8_t boot_id[KHIMAGE_BOOT_ID_BYTES];
	uint8_t public_key[KHIMAGE_KEY_BYTES];
	uint8_t sealed_key[KHIMAGE_KEY_BYTES + crypto_box_SEALBYTES];
};
_Static_assert(sizeof(struct known_fields) == 40 + 16 + 32 + 80, "no padding, which would be authenticated");

static struct known_fields known_fields(const struct khimage_superblock *superblock)
{
	const struct khimage_encryption *encryption = &superblock->encryption;
	struct known_fields known = { superblock->generation,	 superblock->image_id,		    superblock->created,
				      encryption->memory_digest, KHIMAGE_VERSION_ENCRYPTED, encryption->cipher,
				      { 0 }, { 0 }, { 0 } };

	memcpy(known.boot_id, superblock->boot_id, sizeof(known.boot_id));
	memcpy(known.public_key, encryption->public_key, sizeof(known.public_key));
	memcpy(known.sealed_key, encryption->sealed_key, sizeof(known.sealed_key));
	return known;
}

#define HIDDEN_BYTES sizeof(((struct khimage_encryption *)0)->sealed_fields)

void khimage_crypt_hide_fields(const struct khimage_crypt *crypt, struct khimage_superblock *superblock)
{
	struct khimage_encryption *encryption = &superblock->encryption;
	const struct known_fields known = known_fields(superblock);
	uint8_t *fields = (uint8_t *)superblock + offsetof(struct khimage_superblock, elf_machine);

	memcpy(encryption->sealed_fields, fields, HIDDEN_BYTES);
	memset(fields, 0, HIDDEN_BYTES);
	seal(crypt, nonce_of(KHIMAGE_PART_SUPERBLOCK, 0), encryption->sealed_fields, HIDDEN_BYTES,
	     (struct bytes){ (const uint8_t *)&known, sizeof(known) }, encryption->tag);
}

/* Takes the key off its seal, and decrypts the superblock's fields by it. */
static struct error *open_fields(const struct khkey_open *key, struct khimage_superblock *superblock,
				 struct khimage_crypt **ret_crypt)
{
	const struct khimage_encryption *encryption = &superblock->encryption;
	const struct known_fields known = known_fields(superblock);
	uint8_t *fields = (uint8_t *)superblock + offsetof(struct khimage_superblock, elf_machine);
	struct khimage_crypt *crypt = open_key(key, encryption);

	if (!crypt)
		return error_new("the snapshot's sealed key was changed or is damaged");
	if (!open_sealed(crypt, nonce_of(KHIMAGE_PART_SUPERBLOCK, 0),
			 (struct bytes){ encryption->sealed_fields, HIDDEN_BYTES },
			 (struct bytes){ (const uint8_t *)&known, sizeof(known) }, encryption->tag, fields)) {
		khimage_crypt_end(crypt);
		return error_new("the snapshot is forged, or was changed: who made it has not this key's authentication");
	}
	*ret_crypt = crypt;
	return NULL;
}

struct error *khimage_crypt_unlock(const struct khkey_open *key, struct khimage_superblock *superblock,
				   struct khimage_crypt **ret_crypt)
{
	const struct khimage_encryption *encryption = &superblock->encryption;
	struct error *error = khimage_crypt_available();

	if (error)
		return error;
	if (encryption->cipher != KHIMAGE_AES256_GCM && encryption->cipher != KHIMAGE_CHACHA20_POLY1305)
		return error_new("the snapshot has a cipher that this program does not know");
	if (encryption->cipher == KHIMAGE_AES256_GCM && !crypto_aead_aes256gcm_is_available())
		return error_new("the snapshot is encrypted with AES-256-GCM, for which this processor has no instructions: "
				 "it was made on another one");
	if (memcmp(encryption->public_key, key->public_key, sizeof(key->public_key)) != 0)
		return error_new("the snapshot is encrypted for another key than this one");
	return open_fields(key, superblock, ret_crypt);
}

#else

struct error *khimage_crypt_available(void)
{
	return error_new("this build cannot encrypt and decrypt snapshots (libsodium was not there when it was built)");
}

struct error *khimage_crypt_begin(const struct khkey_saving *saving, struct khimage_encryption *encryption,
				  struct khimage_crypt **ret_crypt)
{
	(void)saving, (void)encryption, (void)ret_crypt;
	return khimage_crypt_available();
}

void khimage_crypt_hide_fields(const struct khimage_crypt *crypt, struct khimage_superblock *superblock)
{
	(void)crypt, (void)superblock;
}

struct error *khimage_crypt_unlock(const struct khkey_open *key, struct khimage_superblock *superblock,
				   struct khimage_crypt **ret_crypt)
{
	(void)key, (void)superblock, (void)ret_crypt;
	return khimage_crypt_available();
}

void khimage_crypt_end(struct khimage_crypt *crypt)
{
	(void)crypt;
}

struct khkey_open *khimage_crypt_pass(const struct khimage_crypt *crypt, const struct khimage_superblock *superblock)
{
	(void)crypt, (void)superblock;
	return NULL;
}

void khimage_crypt_seal(const struct khimage_crypt *crypt, uint32_t part, uint64_t number, void *data, size_t size,
			uint8_t ret_tag[KHIMAGE_TAG_BYTES])
{
	(void)crypt, (void)part, (void)number, (void)data, (void)size, (void)ret_tag;
}

bool khimage_crypt_open(const struct khimage_crypt *crypt, uint32_t part, uint64_t number, const void *from,
			size_t size, const uint8_t tag[KHIMAGE_TAG_BYTES], void *to)
{
	(void)crypt, (void)part, (void)number, (void)from, (void)size, (void)tag, (void)to;
	return false;
}

#endif
