/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory for keys and passphrases: locked, so that it is never swapped out; in no core dump; overwritten before it is
 * given back.
 */
#ifndef KJ_SECRET_H
#define KJ_SECRET_H

#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"

/*
 * Zeroed, `size_bytes` > 0. Child processes share it: what one of them overwrites is gone for all. Where the limit of locked memory is too low it is not locked.
 */
void *secret_alloc(size_t size_bytes) __attribute__((malloc, returns_nonnull));

/* Takes NULL. */
void secret_free(void *secret);

static inline void auto_secret(void *pointer)
{
	secret_free(*(void **)pointer);
}
#define AUTO_SECRET __attribute__((cleanup(auto_secret)))

/* Overwrites memory that is not freed here. The compiler cannot leave it out. */
void secret_wipe(void *data, size_t size_bytes);

/* The whole of a small file or pipe, at most `limit` bytes, into memory that secret_free frees. Errors: none, or more. */
struct error *secret_read(const char *path, size_t limit, void **ret_secret, size_t *ret_size);

/* Overwrites and removes a file that lies in memory, as in an initramfs; any other stays. Best effort. */
void secret_file_forget(const char *path);

/* The longest passphrase, without its NUL. */
#define PASSPHRASE_BYTES 1023

/* The first line of a file, without its end. *ret_passphrase: secret_free frees it. */
struct error *passphrase_read(const char *path, char **ret_passphrase);

/*
 * Asks on a terminal, without showing what is typed. Errors: `terminal` is none; its end instead of a line; none within
 * that many seconds (0: any time).
 */
struct error *passphrase_ask(const char *terminal, const char *prompt, unsigned int seconds, char **ret_passphrase);

#endif
