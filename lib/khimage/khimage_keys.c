/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/khimage_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/alloc.h"
#include "lib/base/retry.h"
#include "lib/base/secret.h"
#include "lib/base/sizes.h"
#include "lib/khimage/khimage_crypt.h"

#ifdef HAVE_LIBSODIUM
#include <sodium.h>

_Static_assert(KHKEY_SALT_BYTES == crypto_pwhash_SALTBYTES, "a salt of Argon2id");
_Static_assert(KHKEY_NONCE_BYTES == crypto_secretbox_NONCEBYTES, "a nonce of XSalsa20");
_Static_assert(KHKEY_TAG_BYTES == crypto_secretbox_MACBYTES, "a tag of Poly1305");

/* The kernel that restores has little else in its memory by then, and must not be refused what it needs. */
#define MEMORY_PART 8
#define MEMORY_LEAST (8 * MIB)

static uint64_t memory_to_use(void)
{
	uint64_t part = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / MEMORY_PART;

	if (part > crypto_pwhash_MEMLIMIT_MODERATE)
		return crypto_pwhash_MEMLIMIT_MODERATE;
	return part < MEMORY_LEAST ? MEMORY_LEAST : part / MIB * MIB;
}

/* The key that the passphrase is worth. */
static struct error *stretch(const struct khkey_sealed *sealed, const char *passphrase, uint8_t *ret_key)
{
	if (sealed->memory_bytes > SIZE_MAX ||
	    crypto_pwhash(ret_key, crypto_secretbox_KEYBYTES, passphrase, strlen(passphrase), sealed->salt,
			  sealed->operations, (size_t)sealed->memory_bytes, crypto_pwhash_ALG_ARGON2ID13))
		return error_new("the passphrase cannot be tried: that takes %zu MiB of memory",
				 (size_t)(sealed->memory_bytes / MIB));
	return NULL;
}

struct error *khkey_make(const char *passphrase, struct khkey_saving *ret_saving, struct khkey_sealed *ret_sealed)
{
	struct khkey_saving saving = { .magic = KHKEY_SAVING_MAGIC };
	struct khkey_sealed sealed = { .magic = KHKEY_SEALED_MAGIC, .operations = crypto_pwhash_OPSLIMIT_MODERATE,
				       .memory_bytes = memory_to_use() };
	AUTO_SECRET uint8_t *secrets = secret_alloc(2 * KHKEY_BYTES);
	AUTO_SECRET uint8_t *key = secret_alloc(crypto_secretbox_KEYBYTES);
	struct error *error = khimage_crypt_available();

	if (error)
		return error;
	crypto_box_keypair(saving.public_key, secrets);
	randombytes_buf(saving.authentication, sizeof(saving.authentication));
	memcpy(secrets + KHKEY_BYTES, saving.authentication, KHKEY_BYTES);
	memcpy(sealed.public_key, saving.public_key, KHKEY_BYTES);
	randombytes_buf(sealed.salt, sizeof(sealed.salt));
	randombytes_buf(sealed.nonce, sizeof(sealed.nonce));
	error = stretch(&sealed, passphrase, key);
	if (!error) {
		crypto_secretbox_easy(sealed.sealed, secrets, 2 * KHKEY_BYTES, sealed.nonce, key);
		*ret_saving = saving;
		*ret_sealed = sealed;
	}
	secret_wipe(&saving, sizeof(saving));
	return error;
}

struct error *khkey_unseal(const struct khkey_sealed *sealed, const char *passphrase, struct khkey_open **ret_key,
			   bool *ret_is_wrong)
{
	AUTO_SECRET uint8_t *key = secret_alloc(crypto_secretbox_KEYBYTES);
	AUTO_SECRET struct khkey_open *opened = secret_alloc(sizeof(*opened));
	struct error *error = khimage_crypt_available();
	AUTO_SECRET uint8_t *secrets = secret_alloc(2 * KHKEY_BYTES);

	*ret_is_wrong = false;
	if (!error)
		error = stretch(sealed, passphrase, key);
	if (error)
		return error;
	if (crypto_secretbox_open_easy(secrets, sealed->sealed, sizeof(sealed->sealed), sealed->nonce, key)) {
		*ret_is_wrong = true;
		return error_new("the passphrase is wrong");
	}
	memcpy(opened->magic, KHKEY_OPEN_MAGIC, sizeof(opened->magic));
	memcpy(opened->public_key, sealed->public_key, KHKEY_BYTES);
	memcpy(opened->secret_key, secrets, KHKEY_BYTES);
	memcpy(opened->authentication, secrets + KHKEY_BYTES, KHKEY_BYTES);
	*ret_key = TAKE_PTR(opened);
	return NULL;
}
#else
struct error *khkey_make(const char *passphrase, struct khkey_saving *ret_saving, struct khkey_sealed *ret_sealed)
{
	(void)passphrase, (void)ret_saving, (void)ret_sealed;
	return khimage_crypt_available();
}

struct error *khkey_unseal(const struct khkey_sealed *sealed, const char *passphrase, struct khkey_open **ret_key,
			   bool *ret_is_wrong)
{
	(void)sealed, (void)passphrase, (void)ret_key;
	*ret_is_wrong = false;
	return khimage_crypt_available();
}
#endif

static bool is_file(const void *content, size_t size, const char *magic, size_t wanted)
{
	return size == wanted && !memcmp(content, magic, 8);
}

struct error *khkey_read_saving(const char *path, struct khkey_saving **ret_key)
{
	AUTO_SECRET void *content = NULL;
	size_t size;
	struct error *error = secret_read(path, sizeof(struct khkey_saving), &content, &size);

	if (error)
		return error;
	if (!is_file(content, size, KHKEY_SAVING_MAGIC, sizeof(struct khkey_saving)))
		return error_new("%s is no key for saving; \"khibernate keys\" makes one", path);
	*ret_key = TAKE_PTR(content);
	return NULL;
}

struct error *khkey_read_restoring(const char *path, struct khkey_sealed *ret_sealed, struct khkey_open **ret_open)
{
	AUTO_SECRET void *content = NULL;
	size_t size;
	struct error *error = secret_read(path, sizeof(struct khkey_sealed), &content, &size);

	*ret_open = NULL;
	if (error)
		return error;
	if (is_file(content, size, KHKEY_OPEN_MAGIC, sizeof(struct khkey_open)) ||
	    is_file(content, size, KHKEY_SNAPSHOT_MAGIC, sizeof(struct khkey_open)))
		*ret_open = TAKE_PTR(content);
	else if (is_file(content, size, KHKEY_SEALED_MAGIC, sizeof(struct khkey_sealed)))
		memcpy(ret_sealed, content, sizeof(*ret_sealed));
	else
		return error_new("%s is no key for restoring; \"khibernate keys\" makes one", path);
	return NULL;
}

static struct error *write_new(const char *path, const void *content, size_t size)
{
	AUTO_FREE char *other = xasprintf("%s.new", path);
	int fd;

	unlink(other);
	fd = open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(errno, "cannot make %s", other);

	ssize_t size_written = TEMP_FAILURE_RETRY(write(fd, content, size));
	bool written = size_written == (ssize_t)size && !fsync(fd);
	int why = errno;

	close(fd);
	if (written && !rename(other, path))
		return NULL;
	why = written ? errno : why;
	unlink(other);
	return error_errno(why, "cannot write %s", path);
}

struct error *khkey_write_pair(const char *passphrase, const char *saving_path, const char *restoring_path)
{
	AUTO_SECRET struct khkey_saving *saving = secret_alloc(sizeof(*saving));
	struct khkey_sealed sealed;
	struct error *error = khkey_make(passphrase, saving, &sealed);

	if (!error)
		error = write_new(restoring_path, &sealed, sizeof(sealed));
	if (!error)
		error = write_new(saving_path, saving, sizeof(*saving));
	return error;
}
