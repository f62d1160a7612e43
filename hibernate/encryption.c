/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/encryption.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "hibernate/snapshot_file.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/secret.h"
#include "lib/khimage/khimage_keys.h"

#define SUFFIX ".conf"

char *encryption_folder(const struct invocation *invocation)
{
	const char *path = invocation->config_path;
	size_t length = strlen(path), suffix = strlen(SUFFIX);

	if (length > suffix && !strcmp(path + length - suffix, SUFFIX))
		return xstrndup(path, length - suffix);
	return xasprintf("%s.keys", path);
}

static char *path_of(const struct invocation *invocation, const char *name)
{
	AUTO_FREE char *folder = encryption_folder(invocation);

	return xasprintf("%s/%s", folder, name);
}

char *encryption_saving_path(const struct invocation *invocation)
{
	return path_of(invocation, "saving.key");
}

char *encryption_restoring_path(const struct invocation *invocation)
{
	return path_of(invocation, "restoring.key");
}

bool encryption_is_set(const struct invocation *invocation)
{
	return !strcmp(invocation->config.encrypt, "yes");
}

#define TERMINAL "/dev/tty"

static struct error *ask_twice(char **ret_passphrase)
{
	AUTO_SECRET char *first = NULL, *second = NULL;
	struct error *error = passphrase_ask(TERMINAL, "Passphrase to resume by: ", 0, &first);

	if (!error)
		error = passphrase_ask(TERMINAL, "The same once more: ", 0, &second);
	if (error)
		return error;
	if (strcmp(first, second) != 0)
		return error_new("the two passphrases differ: no keys are made");
	*ret_passphrase = TAKE_PTR(first);
	return NULL;
}

/* An initramfs may have another keyboard layout, or none but the kernel's, which has no more than ASCII. */
static void warn_of_letters(const char *passphrase)
{
	for (; *passphrase; passphrase++) {
		if ((unsigned char)*passphrase < 0x80)
			continue;
		printf("WARNING: the passphrase has letters outside ASCII, which the keyboard may not have early in a boot: if "
		       "it is refused there, the saved system cannot be resumed. \"khibernate keys\" takes another one\n");
		return;
	}
}

struct error *encryption_make_keys(const struct invocation *invocation)
{
	AUTO_FREE char *folder = encryption_folder(invocation), *saving = encryption_saving_path(invocation);
	AUTO_FREE char *restoring = encryption_restoring_path(invocation);
	AUTO_SECRET char *passphrase = NULL;
	struct error *error = khimage_crypt_available();

	if (!error && mkdir(folder, 0700) && errno != EEXIST)
		error = error_errno(errno, "cannot make the folder of the keys, %s", folder);
	if (!error)
		error = invocation->passphrase_file ? passphrase_read(invocation->passphrase_file, &passphrase) :
						      ask_twice(&passphrase);
	if (!error)
		warn_of_letters(passphrase);
	if (!error)
		error = khkey_write_pair(passphrase, saving, restoring);
	if (!error)
		printf("written: %s (keep it secret), %s (sealed by the passphrase)\n", saving, restoring);
	return error;
}

static void say(const char *text)
{
	fprintf(stderr, "khibernate: %s\n", text);
}

struct error *encryption_unseal(const struct invocation *invocation)
{
	AUTO_FREE char *restoring = encryption_restoring_path(invocation);
	struct khimage_unlocking unlocking = { .key_file = restoring, .passphrase_file = invocation->passphrase_file,
					       .terminal = TERMINAL, .say = say };
	struct error *error;

	if (isatty(STDOUT_FILENO))
		return error_new("a key is not written to a terminal; give it to a program, or to a file that others "
				 "cannot read");
	error = khimage_unlocking_open_key(&unlocking);
	/* Past the buffers of stdio. */
	if (!error && write(STDOUT_FILENO, unlocking.key, sizeof(*unlocking.key)) != (ssize_t)sizeof(*unlocking.key))
		error = error_errno(errno, "cannot write the key");
	khimage_unlocking_deinit(&unlocking);
	return error;
}

/* The two files must be of one pair, else what is saved could not be opened. */
static struct error *check_pair(const char *saving_path, const char *restoring_path)
{
	AUTO_SECRET struct khkey_saving *saving = NULL;
	AUTO_SECRET struct khkey_open *open_key = NULL;
	struct khkey_sealed sealed;
	struct error *error = khkey_read_saving(saving_path, &saving);

	if (!error)
		error = khkey_read_restoring(restoring_path, &sealed, &open_key);
	if (error)
		return error;

	const uint8_t *public_key = open_key ? open_key->public_key : sealed.public_key;

	if (!memcmp(saving->public_key, public_key, KHKEY_BYTES))
		return NULL;
	return error_new("%s and %s are not of one pair of keys; \"khibernate keys\" makes both anew", saving_path,
			 restoring_path);
}

struct error *encryption_check(const struct invocation *invocation)
{
	AUTO_FREE char *saving = encryption_saving_path(invocation);
	AUTO_FREE char *restoring = encryption_restoring_path(invocation);

	if (!encryption_is_set(invocation))
		return NULL;

	struct error *error = khimage_crypt_available();

	return error ? error : check_pair(saving, restoring);
}

struct error *encryption_check_place(const struct invocation *invocation)
{
	const char *file = invocation->config.file;

	if (encryption_is_set(invocation) || !snapshot_file_is_encrypted(file))
		return NULL;
	return error_new("%s is encrypted, and a snapshot is written below that, to the disk: it would be in clear there. "
			 "\"khibernate setup --device=%s --encrypt=yes\" gives it a key of its own", file, file);
}

/* Whether this device, or one that it is made of, is dm-crypt's. `device` is its folder in /sys. */
static bool is_encrypted(const char *device, int depth)
{
	AUTO_FREE char *uuid_path = xasprintf("%s/dm/uuid", device), *slaves = xasprintf("%s/slaves", device);
	AUTO_FREE char *uuid = NULL;
	AUTO_FOLDER_NAMES struct folder_names parts = { 0 };
	bool found = false;

	error_free(read_small_file("/", uuid_path, &uuid, NULL));
	if (uuid && !strncmp(uuid, "CRYPT-", 6))
		return true;
	if (depth)
		folder_names_add(&parts, "/", slaves, is_visible_name);
	for (size_t i = 0; !found && i < parts.count; i++) {
		AUTO_FREE char *below = xasprintf("%s/%s", slaves, parts.names[i]);

		found = is_encrypted(below, depth - 1);
	}
	return found;
}

/* Deeper than any stack of devices. */
#define DEPTH_MAX 16

bool encryption_of_root(const char *root)
{
	struct stat status;

	if (stat(root, &status))
		return false;

	AUTO_FREE char *device = xasprintf("/sys/dev/block/%u:%u", major(status.st_dev), minor(status.st_dev));

	return is_encrypted(device, DEPTH_MAX);
}
