/* SPDX-License-Identifier: GPL-2.0-only */
/* The key files of encrypted snapshots (include/khkey_format.h): made, read, and opened by a passphrase. */
#ifndef KJ_KHIMAGE_KEYS_H
#define KJ_KHIMAGE_KEYS_H

#include <stdbool.h>

#include "include/khkey_format.h"
#include "lib/base/error.h"

/* Makes a pair of keys, random, and what seals the half for restoring by `passphrase`. Takes a second. */
struct error *khkey_make(const char *passphrase, struct khkey_saving *ret_saving, struct khkey_sealed *ret_sealed);

/* *ret_is_wrong: the error is that of a wrong passphrase. *ret_key: secret_free frees it. Takes a second. */
struct error *khkey_unseal(const struct khkey_sealed *sealed, const char *passphrase, struct khkey_open **ret_key,
			   bool *ret_is_wrong);

/* *ret_key: secret_free frees it. Errors: not readable, another file. */
struct error *khkey_read_saving(const char *path, struct khkey_saving **ret_key);

/* A file for restoring: one of the two is filled in. *ret_open: secret_free frees it. */
struct error *khkey_read_restoring(const char *path, struct khkey_sealed *ret_sealed, struct khkey_open **ret_open);

/* Writes the two files for which khkey_make makes the content, as a whole, for their owner only; flushed. */
struct error *khkey_write_pair(const char *passphrase, const char *saving_path, const char *restoring_path);

#endif
