/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list of file systems and swap areas: found on a machine's disks, or read
 * from a snapshot's note (include/kjump_filesystems_note.h). Pure;
 * block_devices.h finds them.
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
	char *device; /* its name when it was listed; another kernel may number devices otherwise */
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
 * Searches every file system of `saved` in `found`. Those that were written to
 * are added to *ret_changed, those not found to *ret_missing. They are matched
 * by type, size and UUID (or label, if there is no UUID), so device names may
 * change; each of several equal ones is searched, except those with
 * KJUMP_FILESYSTEM_TWIN. Those with places match only others with places.
 */
void filesystem_list_compare(const struct filesystem_list *saved, const struct filesystem_list *found,
			     struct filesystem_list *ret_changed, struct filesystem_list *ret_missing);

/*
 * Those of `found` that are clones of each other (dd) and of one of `saved`, where one of them was written to since,
 * or differed from the saved one from the start: the saved kernel may have used either.
 */
void filesystem_list_twins(const struct filesystem_list *saved, const struct filesystem_list *found,
			   struct filesystem_list *ret_twins);

/*
 * Lists `used` with the digests from `found`; with KJUMP_FILESYSTEM_UNWATCHED where one is not found. The order,
 * and so the numbers in places, stays. Of clones the one with the same device name is taken. The other clones follow
 * with KJUMP_FILESYSTEM_TWIN: device names may have changed, so one of them may be the used one.
 */
void filesystem_list_take_digests(const struct filesystem_list *used, const struct filesystem_list *found,
				  struct filesystem_list *ret_list);

/*
 * The index in `list` of the file system `wanted`, whatever its digest; of clones the one with its device name. The
 * list's count if there is none.
 */
size_t filesystem_list_find(const struct filesystem_list *list, const struct filesystem *wanted);

/* Whether both list the same file systems in the same order; digests and places may differ. */
bool filesystem_list_is_same(const struct filesystem_list *a, const struct filesystem_list *b);

/* Whether `name`, as a user types it, is its UUID, label, device, or the device's last part. */
bool filesystem_is_called(const struct filesystem *filesystem, const char *name);

/* For messages: `ext4 "root" on /dev/vda2, swap on /dev/vda3`; heap. */
char *filesystem_list_text(const struct filesystem_list *list);

/* The same of those with KJUMP_FILESYSTEM_UNWATCHED; heap, NULL if there are none. */
char *filesystem_list_unwatched_text(const struct filesystem_list *list);

#endif
