/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys of khibernate's encrypted snapshots, in the folder of its configuration, and in an initramfs. */
#ifndef KJ_ENCRYPTION_H
#define KJ_ENCRYPTION_H

#include <stdbool.h>

#include "hibernate/invocation.h"
#include "include/khkey_format.h"
#include "lib/base/error.h"
#include "lib/khimage/khimage_unlock.h"

/* Paths; heap. The folder is the configuration's path without ".conf". */
char *encryption_folder(const struct invocation *invocation);
char *encryption_saving_path(const struct invocation *invocation);
char *encryption_restoring_path(const struct invocation *invocation);

/* The configuration's encrypt=yes. */
bool encryption_is_set(const struct invocation *invocation);

/* Makes new keys, by a passphrase of --passphrase-file or asked for twice. */
struct error *encryption_make_keys(const struct invocation *invocation);

/* Writes the key for restoring to standard output, unsealed. */
struct error *encryption_unseal(const struct invocation *invocation);

/*
 * An error unless snapshots can be encrypted and opened by the keys that are there. Without encrypt=yes there is none.
 */
struct error *encryption_check(const struct invocation *invocation);

/*
 * An error if snapshots lie below a device's encryption, in its blocks on the disk, and are not encrypted themselves.
 */
struct error *encryption_check_place(const struct invocation *invocation);

/* Whether the file system of "/" lies on a device that dm-crypt encrypts. */
bool encryption_of_root(const char *root);

#endif
