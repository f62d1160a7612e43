/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A khimage on a partition or in a file: opened and described, formatted,
 * its state changed. What it contains is written by khimage_write.h and read
 * by saved_image.h; the format is in include/khimage_format.h.
 */
#ifndef KJ_KHIMAGE_H
#define KJ_KHIMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/core/core_file.h"
#include "lib/khimage/khimage_parse.h"

struct khimage {
	struct khimage_superblock superblock; /* state, generation, created, sizes */
	bool slot_damaged;                    /* one of the two superblocks is; the other one counts */
	struct core_file core; /* the source's notes, and its PT_LOADs without content; file and path of the image */
};

/* Whether the file or device begins like a khimage, damaged or not. False, too, if it cannot be read. */
bool khimage_probe_path(const char *path);

/*
 * Opens `path` for reading. Of an image that is committed or used the notes
 * are read and checked; of one in another state only the superblock is there,
 * and core.notes is NULL. Errors: not a khimage; superblock, notes damaged.
 */
struct error *khimage_open(struct khimage *image, const char *path);
void khimage_close(struct khimage *image);
#define AUTO_KHIMAGE __attribute__((cleanup(khimage_close)))

/*
 * The superblock that counts of what is at `path`, and nothing else of it: whether there is an image, and whether
 * it waits to be restored, does not depend on what it holds being whole. Its state is 0 if this is no khimage.
 * *ret_damaged (may be NULL): as of khimage_read_superblock. Errors: what is there cannot be read; neither counts.
 */
struct error *khimage_read_state(const char *path, struct khimage_superblock *ret_superblock, bool *ret_damaged);

/*
 * The superblock that counts of what is open as `fd`, the slot it is in, and
 * whether the other slot is damaged or cannot be read. Errors: neither counts.
 */
struct error *khimage_read_superblock(int fd, const char *path, struct khimage_superblock *ret_superblock,
				      size_t *ret_slot, bool *ret_damaged);

/*
 * An error unless what is at `path`, in this state, is an image that may be restored: committed.
 * It says what else there is: never written, half written, restored already.
 */
struct error *khimage_check_state(uint32_t state, const char *path);

/* As much from the beginning is overwritten: old signatures must not make somebody take this for a file system. */
#define KHIMAGE_WIPED_BYTES (1u << 20)

/*
 * Makes an empty khimage of what is there; the caller has made sure that it may.
 * What was one before keeps its generation, unless that is the highest there is. Flushed.
 */
struct error *khimage_format(const char *path);

/*
 * Changes the state of an image and flushes it to the medium: committed to
 * used (before the jump), back to committed (the jump was refused), anything to
 * empty (discards the image). Error: the image is not in a state from which that
 * can be; the device is in use.
 */
struct error *khimage_set_state(const char *path, uint32_t state);

/*
 * Notes, flushed, that one more boot begins to restore the image on `path`.
 * Error: the image is not committed; the device is in use or cannot be written to.
 */
struct error *khimage_count_attempt(const char *path);

/*
 * Writes both superblocks, one after the other, each flushed: an interrupted
 * write leaves one of them whole. Sets the sequence of *superblock beyond
 * *last_sequence, and moves that on. `fd` is open for writing.
 */
struct error *khimage_write_superblocks(int fd, const char *path, struct khimage_superblock *superblock,
					uint64_t *last_sequence, size_t first_slot);

/* Reads the index block at place->offset into `buffer` (KHIMAGE_INDEX_BYTES), which *ret_group borrows. */
struct error *khimage_read_group(const struct khimage *image, struct khimage_place *place, uint8_t *buffer,
				 struct khimage_group *ret_group);

#endif
