/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/khimage_unlock.h"

#include "lib/base/alloc.h"
#include "lib/base/secret.h"
#include "lib/khimage/khimage_keys.h"

#define TRIES 3

void khimage_unlocking_deinit(struct khimage_unlocking *unlocking)
{
	secret_free(unlocking->key);
	unlocking->key = NULL;
}

static struct error *ask_once(struct khimage_unlocking *unlocking, const char *prompt, char **ret_passphrase)
{
	struct error *error = NULL;

	if (unlocking->ask)
		error = unlocking->ask(prompt, unlocking->ask_seconds, ret_passphrase);
	if (error || *ret_passphrase)
		return error;
	if (unlocking->before_asking)
		unlocking->before_asking();
	return passphrase_ask(unlocking->terminal, prompt, unlocking->ask_seconds, ret_passphrase);
}

/* Asks for the passphrase until it is right. */
static struct error *ask(const struct khkey_sealed *sealed, struct khimage_unlocking *unlocking)
{
	struct error *error = NULL;
	bool is_wrong = true;

	for (int tries = 0; is_wrong && tries < TRIES; tries++) {
		AUTO_SECRET char *passphrase = NULL;

		if (error)
			unlocking->say(error_text(error));
		error_free(error);
		/* On a splash screen nothing but the prompt is seen. */
		error = ask_once(unlocking, tries ? "It was wrong. Passphrase of the snapshot: " : "Passphrase of the snapshot: ",
				 &passphrase);
		if (error)
			return error;
		error = khkey_unseal(sealed, passphrase, &unlocking->key, &is_wrong);
	}
	return error;
}

bool khimage_unlocking_try(struct khimage_unlocking *unlocking, const char *passphrase)
{
	struct khkey_sealed sealed;
	bool is_sealed, is_wrong;
	struct error *error;

	if (unlocking->key || !unlocking->key_file)
		return false;
	error = khkey_read_restoring(unlocking->key_file, &sealed, &unlocking->key);
	is_sealed = !error && !unlocking->key;
	if (is_sealed)
		error = khkey_unseal(&sealed, passphrase, &unlocking->key, &is_wrong);
	error_free(error);
	return is_sealed && unlocking->key;
}

struct error *khimage_unlocking_open_key(struct khimage_unlocking *unlocking)
{
	AUTO_SECRET char *passphrase = NULL;
	struct khkey_sealed sealed;
	bool is_wrong;
	struct error *error = khkey_read_restoring(unlocking->key_file, &sealed, &unlocking->key);

	if (error || unlocking->key)
		return error;
	if (!unlocking->passphrase_file)
		return ask(&sealed, unlocking);
	error = passphrase_read(unlocking->passphrase_file, &passphrase);
	return error ? error : khkey_unseal(&sealed, passphrase, &unlocking->key, &is_wrong);
}

struct error *khimage_unlock(struct khimage *snapshot, struct khimage_unlocking *unlocking)
{
	bool is_plain = !snapshot->is_locked && !snapshot->crypt && snapshot->core.notes;
	struct error *error = NULL;

	unlocking->is_untrusted = is_plain && unlocking->is_required;
	if (unlocking->is_untrusted)
		return error_new("%s is not encrypted, and only encrypted snapshots are to be restored: it may be forged",
				 snapshot->core.path);
	if (!snapshot->is_locked)
		return NULL;
	if (!unlocking->key && !unlocking->key_file)
		return error_new("%s is encrypted: give its key (--key-file)", snapshot->core.path);
	if (!unlocking->key)
		error = khimage_unlocking_open_key(unlocking);
	if (error)
		return error;
	error = khimage_open_locked(snapshot, unlocking->key);
	unlocking->is_untrusted = error != NULL;
	return error;
}
