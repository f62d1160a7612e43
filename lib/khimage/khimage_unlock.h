/* SPDX-License-Identifier: GPL-2.0-only */
/* Opens an encrypted snapshot: by a key file, and the passphrase that it may take. */
#ifndef KJ_KHIMAGE_UNLOCK_H
#define KJ_KHIMAGE_UNLOCK_H

#include <stdbool.h>

#include "include/khkey_format.h"
#include "lib/base/error.h"
#include "lib/khimage/khimage.h"

/* All texts are borrowed. */
struct khimage_unlocking {
	const char *key_file;        /* for restoring; NULL: there is none */
	const char *passphrase_file; /* NULL: asks on `terminal` */
	const char *terminal;        /* path */
	unsigned int ask_seconds;    /* how long each question waits there; 0: without end */
	void (*say)(const char *text);
	/* Asks by another way first; NULL in *ret_passphrase without an error: on the terminal. May be NULL. */
	struct error *(*ask)(const char *prompt, unsigned int seconds, char **ret_passphrase);
	void (*before_asking)(void); /* makes the terminal visible; may be NULL */
	bool is_required;            /* a plain snapshot is refused: it may be a forged one */
	bool is_untrusted; /* set where it is refused whatever the passphrase: plain, forged, another key's */
	/* Set by khimage_unlock, for a kernel that is started to restore it; khimage_unlocking_deinit overwrites it. */
	struct khkey_open *key;
};

void khimage_unlocking_deinit(struct khimage_unlocking *unlocking);

/* Whether this passphrase opens the key file: into unlocking->key. Not if that is open without one. */
bool khimage_unlocking_try(struct khimage_unlocking *unlocking, const char *passphrase);

/* Opens the key file into unlocking->key; asks for the passphrase if it takes one. Errors: as below. */
struct error *khimage_unlocking_open_key(struct khimage_unlocking *unlocking);

/*
 * Opens `snapshot` if it is encrypted and has content. Errors: there is no key, or another one's; a wrong
 * passphrase, three times where it is asked for, or none in time; a snapshot that is forged; a plain one, if that is
 * refused.
 */
struct error *khimage_unlock(struct khimage *snapshot, struct khimage_unlocking *unlocking);

#endif
