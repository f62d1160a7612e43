/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of a snapshot's place: of something whole, a device or file; or DEVICE@OFFSET, of parts of a device; or several
 * of these, separated by commas, whose parts are mirrors of each other (RAID1).
 */
#ifndef KJ_STORAGE_NAME_H
#define KJ_STORAGE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The device's part of a member's name, heap, and the offset; false: it is something whole, *ret_path a copy of it. */
bool storage_name_split(const char *name, char **ret_path, uint64_t *ret_offset);

/* Whether the name is of parts of a device, or of several. */
bool storage_name_is_mapped(const char *name);

/* The member with that number, from 0 on; heap, NULL if there are no more. Of a name without commas it is the name. */
char *storage_name_member(const char *name, size_t number);

/* Adds a member to the name `*name`, heap, NULL for none. */
void storage_name_add(char **name, const char *member);

#endif
