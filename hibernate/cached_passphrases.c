/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/cached_passphrases.h"

#include <linux/keyctl.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/secret.h"

/* systemd's name; decrypt_keyctl adds ":" and another one. A description is "user;UID;GID;PERMISSIONS;NAME". */
#define TYPE "user;"
#define NAME "cryptsetup"

#define KEYS_MAX 64
#define DESCRIPTION_BYTES 256
#define TRIES_MAX 4

/* keyctl(2); -1 where the kernel has no keys. */
static long keyctl(int operation, long first, const void *second, size_t third)
{
	return syscall(SYS_keyctl, operation, first, second, third, 0);
}

static bool is_passphrase(int32_t key)
{
	char text[DESCRIPTION_BYTES] = "";
	long size = keyctl(KEYCTL_DESCRIBE, key, text, sizeof(text) - 1);
	const char *name = size > 0 ? strrchr(text, ';') : NULL;

	return name && !strncmp(text, TYPE, strlen(TYPE)) && !strncmp(name + 1, NAME, strlen(NAME)) &&
	       (!name[1 + strlen(NAME)] || name[1 + strlen(NAME)] == ':');
}

/* The key's value: one passphrase, or several with a NUL behind each. False: none of them opens it. */
static bool try_key(int32_t key, struct khimage_unlocking *unlocking, int *tries)
{
	AUTO_SECRET char *value = secret_alloc(PASSPHRASE_BYTES + 1);
	long size = keyctl(KEYCTL_READ, key, value, PASSPHRASE_BYTES);

	/* A value that does not fit was not read. */
	if (size <= 0 || size > PASSPHRASE_BYTES)
		return false;
	for (const char *text = value; text < value + size; text += strlen(text) + 1)
		if (*text && (*tries)++ < TRIES_MAX && khimage_unlocking_try(unlocking, text))
			return true;
	return false;
}

/*
 * This kernel's memory is not all overwritten by the one that is restored. A revoked key that stays in the keyring is
 * still found for minutes, and systemd then fails to open the next disk, in place of asking for its passphrase.
 */
static void forget(int32_t key)
{
	keyctl(KEYCTL_REVOKE, key, NULL, 0);
	syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
}

void cached_passphrases_try(struct khimage_unlocking *unlocking)
{
	int32_t keys[KEYS_MAX];
	int tries = 0;
	long size;

	/* Only who has the user's keyring in that of the session may read its keys: systemd's services do not. */
	if (keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, NULL, 0) < 0 ||
	    syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING) < 0)
		return;
	size = keyctl(KEYCTL_READ, KEY_SPEC_USER_KEYRING, keys, sizeof(keys));
	for (size_t i = 0; size > 0 && i < ARRAY_COUNT(keys) && i < (size_t)size / sizeof(keys[0]); i++) {
		if (!is_passphrase(keys[i]) || !try_key(keys[i], unlocking, &tries))
			continue;
		forget(keys[i]);
		return;
	}
}
