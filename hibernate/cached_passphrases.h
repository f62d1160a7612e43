/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Passphrases that this boot was just given for disks: systemd-cryptsetup keeps them in the kernel for some minutes
 * (systemd-ask-password(1), --keyname=cryptsetup), and so does Debian's keyscript decrypt_keyctl. If the snapshot has the
 * same one, the user is asked once.
 */
#ifndef KJ_CACHED_PASSPHRASES_H
#define KJ_CACHED_PASSPHRASES_H

#include "lib/khimage/khimage_unlock.h"

/* Tries some of them on unlocking->key_file: each takes a second. What opened it is removed from the kernel. */
void cached_passphrases_try(struct khimage_unlocking *unlocking);

#endif
