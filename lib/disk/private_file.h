/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that only its owner can read, write and replace. Memory is saved to it, and restored from it: a user who reads
 * it has all that any program knew, and one who writes it is the next kernel.
 */
#ifndef KJ_PRIVATE_FILE_H
#define KJ_PRIVATE_FILE_H

#include <sys/types.h>

#include "lib/base/error.h"

/*
 * The file is a regular one, `owner`'s, and has one name. Its folders, from `root` on, are `owner`'s or root's, and not
 * writable by others, as a sticky one like /tmp is; links in the path are followed, but not a last one. Errors name
 * what is not so, and the remedy.
 */
struct error *private_file_check_but_rights(const char *root, const char *path, uid_t owner);

/* Also that others have no right to the file. */
struct error *private_file_check(const char *root, const char *path, uid_t owner);

/* The same, but rights of others are taken away. */
struct error *private_file_make(const char *root, const char *path, uid_t owner);

#endif
