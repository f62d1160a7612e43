/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A khimage on a partition or in a file: opens and describes it, formats it,
 * changes its state. khimage_write.h writes its content, snapshot.h reads
 * it; the format is in include/khimage_format.h.
 */
#ifndef KJ_KHIMAGE_H
#define KJ_KHIMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/core/core_file.h"
#include "lib/disk/storage.h"
#include "lib/khimage/khimage_crypt.h"
#include "lib/khimage/khimage_parse.h"

struct khimage {
	struct khimage_superblock superblock; /* state, generation, created, sizes */
	bool slot_damaged;                    /* one of the two superblocks is damaged; the other one is in effect */
	bool is_locked;                       /* encrypted, and not opened yet: of its content nothing is known */
	struct khimage_crypt *crypt;          /* of an encrypted one that was opened */
	uint8_t *views;                       /* the same one's; NULL: they stay in the file */
	struct core_file core; /* the source's notes, and its PT_LOADs without content; file and path of the snapshot */
};

/* Whether the file or device begins with a khimage's magic, damaged or not. False as well if it cannot be read. */
bool khimage_probe_path(const char *path);

/*
 * Opens `path` for reading. Of a committed or used khimage the notes are read
 * and checked; in another state only the superblock is filled in, and
 * core.notes is NULL, as of an encrypted one (is_locked). Errors: not a khimage; superblock or notes damaged.
 */
struct error *khimage_open(struct khimage *snapshot, const char *path);

/* Opens an encrypted one that is locked: superblock and core are filled in. Errors: as khimage_crypt_unlock; damaged. */
struct error *khimage_open_locked(struct khimage *snapshot, const struct khkey_open *key);
void khimage_close(struct khimage *snapshot);
#define AUTO_KHIMAGE __attribute__((cleanup(khimage_close)))

/*
 * Reads only the superblock in effect at `path`: whether there is a snapshot, and whether it waits to be restored,
 * does not depend on its notes and groups. The state is 0 if this is no khimage.
 * *ret_damaged (may be NULL): as of khimage_read_superblock. Errors: `path` cannot be read; no superblock is valid.
 */
struct error *khimage_read_state(const char *path, struct khimage_superblock *ret_superblock, bool *ret_damaged);

/*
 * The superblock in effect of the khimage in `storage`, its slot, and whether
 * the other slot is damaged or cannot be read. Error: no superblock is valid.
 */
struct error *khimage_read_superblock(const struct storage *storage, const char *path,
				      struct khimage_superblock *ret_superblock, size_t *ret_slot, bool *ret_damaged);

/*
 * An error unless `state`, of the khimage at `path`, is committed: only then it may be restored.
 * The error names the state: never written, half written, restored already.
 */
struct error *khimage_check_state(uint32_t state, const char *path);

/* Formatting overwrites this many bytes from the beginning, so that no old signature of a file system is left. */
#define KHIMAGE_WIPED_BYTES (1u << 20)

/*
 * Makes an empty khimage of the file or device; the caller has checked that its contents may be lost.
 * A former khimage keeps its generation, unless that is the highest possible one. Flushed.
 */
struct error *khimage_format(const char *path);

/*
 * Changes the state of a khimage and flushes it to the medium: committed to
 * used (before the jump), back to committed (the jump was refused), anything to
 * empty (discards the snapshot). Error: the present state does not allow the
 * change; the device is in use.
 */
struct error *khimage_set_state(const char *path, uint32_t state);

/*
 * Makes a snapshot, used or given up, an empty khimage, of whose content nothing can be read: overwrites head, index
 * blocks and the key of an encrypted one, and discards the rest where the disk can. Flushed.
 */
struct error *khimage_wipe(const char *path);

/*
 * khimage_set_state to used, with the times of the restore and khimage_superblock.jump_token. If it cannot be written to
 * the end, the snapshot is made committed again: the caller does not jump then. One that was used before stays used.
 */
struct error *khimage_set_used(const char *path, const struct khimage_times *times, uint64_t jump_token);

/* Sets that token to 0 and leaves the state as it is. */
struct error *khimage_forget_jump(const char *path);

/*
 * Adds one boot that begins to restore the snapshot on `path` to its attempts, flushed.
 * Error: the snapshot is not committed; the device is in use or cannot be written to.
 */
struct error *khimage_count_attempt(const char *path);

/* Notes, flushed, that the kernel that restores works: the boots that began to restore do not count. Errors: the same. */
struct error *khimage_forget_attempts(const char *path);

/*
 * Writes both superblocks, one after the other, each flushed: an interrupted
 * write leaves one of them whole. Sets the sequence of *superblock beyond
 * *last_sequence, which it increases. `storage` is open for writing.
 */
struct error *khimage_write_superblocks(const struct storage *storage, const char *path,
					struct khimage_superblock *superblock, uint64_t *last_sequence,
					size_t first_slot);

/* Reads the index block at place->offset into `buffer` (KHIMAGE_INDEX_BYTES), which *ret_group borrows. */
struct error *khimage_read_group(const struct khimage *snapshot, struct khimage_place *place, uint8_t *buffer,
				 struct khimage_group *ret_group);

#endif
