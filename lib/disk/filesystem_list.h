/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list of file systems and swap areas: as they were found on a machine's
 * disks, or as an image's note tells (include/kjump_filesystems_note.h).
 * Pure: what finds them is block_devices.h.
 */
#ifndef KJ_FILESYSTEM_LIST_H
#define KJ_FILESYSTEM_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/kjump_filesystems_note.h"
#include "lib/base/bytes.h"
#include "lib/base/error.h"

/* Texts are heap and never NULL; "" where there is none. */
struct filesystem {
	char *type;   /* by libblkid's names: ext4, swap, crypto_LUKS, … */
	char *uuid;
	char *label;
	char *device; /* its name when it was looked at; another kernel may number devices otherwise */
	char *sub_uuid; /* of this part of an array, or of a btrfs on several devices */
	uint64_t device_bytes;
	uint32_t flags; /* KJUMP_FILESYSTEM_… */
	struct kjump_filesystem_place *places; /* owned */
	size_t place_count;
	uint8_t digest[KJUMP_FILESYSTEM_DIGEST_BYTES];
};

/* Zero-initialise. */
struct filesystem_list {
	struct filesystem *items;
	size_t count;
	size_t capacity;
};

void filesystem_list_deinit(struct filesystem_list *list);
#define AUTO_FILESYSTEM_LIST __attribute__((cleanup(filesystem_list_deinit)))

/* Adds a copy; its texts may be NULL, `places` with it. */
void filesystem_list_add(struct filesystem_list *list, const struct filesystem *filesystem);

/* The note's desc; heap. */
uint8_t *filesystem_list_build(const struct filesystem_list *list, size_t *ret_size);

/* Reads the desc; `from` names the file in messages. Errors: another version, cut off, texts without an end. */
struct error *filesystem_list_parse(struct bytes desc, const char *from, struct filesystem_list *ret_list);

/*
 * Looks for every file system of `saved` in `found`. Those that are there and
 * were written to go to *ret_changed, those that are not there to
 * *ret_missing. One is known again by type, size and UUID (or label, if there
 * is no UUID), so device names may change; of several that look the same,
 * each is looked for, but for those with KJUMP_FILESYSTEM_TWIN. What has places
 * is looked for among what has places.
 */
void filesystem_list_compare(const struct filesystem_list *saved, const struct filesystem_list *found,
			     struct filesystem_list *ret_changed, struct filesystem_list *ret_missing);

/*
 * Those of `found` that are clones of each other (dd) and of one of `saved`, where one of them was written to since,
 * or was never what was saved: which of them the saved kernel used cannot be told.
 */
void filesystem_list_twins(const struct filesystem_list *saved, const struct filesystem_list *found,
			   struct filesystem_list *ret_twins);

/*
 * Of each of `used` its digest, as `found` has it; with KJUMP_FILESYSTEM_UNWATCHED where it is not found. The
 * order, and so the numbers in places, stays. Of clones that with the same device name is taken. Behind them, with
 * KJUMP_FILESYSTEM_TWIN, the others that have the UUID of one of them: names may have changed, so one may be used.
 */
void filesystem_list_take_digests(const struct filesystem_list *used, const struct filesystem_list *found,
				  struct filesystem_list *ret_list);

/*
 * The number of the one in `list` that is `wanted`, whatever is on it by now, of clones the one with its device's
 * name; the list's count if there is none.
 */
size_t filesystem_list_find(const struct filesystem_list *list, const struct filesystem *wanted);

/* Whether both name the same, in the same order, whatever their digests and places are. */
bool filesystem_list_is_same(const struct filesystem_list *a, const struct filesystem_list *b);

/* Whether a person who types `name` means this one: its UUID, label, device, or the device's last part. */
bool filesystem_is_called(const struct filesystem *filesystem, const char *name);

/* For messages: `ext4 "root" on /dev/vda2, swap on /dev/vda3`; heap. */
char *filesystem_list_text(const struct filesystem_list *list);

/* The same of those with KJUMP_FILESYSTEM_UNWATCHED; heap, NULL if there are none. */
char *filesystem_list_unwatched_text(const struct filesystem_list *list);

#endif
