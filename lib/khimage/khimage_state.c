/* SPDX-License-Identifier: GPL-2.0-only */
/* Superblocks are written: a device becomes an empty khimage, and a khimage changes its state. */
#include "lib/khimage/khimage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/retry.h"
#include "lib/disk/block_devices.h"

struct error *khimage_check_state(uint32_t state, const char *path)
{
	switch (state) {
	case KHIMAGE_COMMITTED:
		return NULL;
	case KHIMAGE_USED:
		return error_new("the snapshot on %s was restored already: its kernel has run since and changed its file "
				 "systems, which a second restore would destroy",
				 path);
	case KHIMAGE_WRITING:
		return error_new("the snapshot on %s was not written to its end: saving was interrupted, and cannot be "
				 "resumed",
				 path);
	default:
		return error_new("there is no snapshot on %s", path);
	}
}

static struct error *write_slot(const struct storage *storage, const char *path,
				const struct khimage_superblock *superblock, size_t slot)
{
	/* Aligned and whole, as a device opened with O_DIRECT requires. */
	_Alignas(KHIMAGE_BLOCK_BYTES) uint8_t block[KHIMAGE_BLOCK_BYTES] = { 0 };
	uint64_t offset = slot * KHIMAGE_BLOCK_BYTES;

	memcpy(block, superblock, sizeof(*superblock));
	ssize_t written = TEMP_FAILURE_RETRY(storage_pwrite(storage, block, sizeof(block), offset));

	if (written != (ssize_t)sizeof(block))
		return error_errno(written < 0 ? errno : ENOSPC, "cannot write a superblock to %s", path);
	if (storage_flush(storage))
		return error_errno(errno, "cannot flush a superblock of %s", path);
	return NULL;
}

struct error *khimage_write_superblocks(const struct storage *storage, const char *path,
					struct khimage_superblock *superblock, uint64_t *last_sequence,
					size_t first_slot)
{
	struct error *error = NULL;

	for (size_t i = 0; !error && i < KHIMAGE_SLOT_COUNT; i++) {
		superblock->sequence = ++*last_sequence;
		khimage_superblock_seal(superblock);
		error = write_slot(storage, path, superblock, (first_slot + i) % KHIMAGE_SLOT_COUNT);
	}
	return error;
}

/* Old signatures at the beginning; and those at other places, unless a file system lies there. */
static struct error *wipe(const struct storage *storage, const char *path)
{
	AUTO_FREE uint8_t *zeros = xcalloc(KHIMAGE_WIPED_BYTES, 1);
	uint64_t at = KHIMAGE_SLOTS_BYTES;
	ssize_t written = 1;

	for (; at < KHIMAGE_WIPED_BYTES && written > 0; at += written > 0 ? (uint64_t)written : 0)
		written = TEMP_FAILURE_RETRY(storage_pwrite(storage, zeros,
							    (size_t)(KHIMAGE_WIPED_BYTES - at), at));
	/* A smaller device can be a khimage, too, but only an empty one. */
	if (written < 0 && errno != ENOSPC)
		return error_errno(errno, "cannot write to %s", path);
	if (storage_flush(storage))
		return error_errno(errno, "cannot flush %s", path);
	return storage->is_mapped ? NULL : block_content_wipe(storage->fd, path);
}

/* An empty khimage keeps the boot and the number of the last snapshot. */
static void forget_snapshot(struct khimage_superblock *superblock)
{
	struct khimage_superblock empty = { .generation = superblock->generation };

	memcpy(empty.boot_id, superblock->boot_id, sizeof(empty.boot_id));
	*superblock = empty;
}

static struct error *change_state(struct khimage_superblock *superblock, const char *path, const void *argument)
{
	uint32_t state = *(const uint32_t *)argument;

	if (state == KHIMAGE_USED && superblock->state != KHIMAGE_COMMITTED)
		return error_new("the snapshot on %s is %s, not committed", path, khimage_state_name(superblock->state));
	/* Taken back when the jump to the saved kernel is refused. */
	if (state == KHIMAGE_COMMITTED && superblock->state != KHIMAGE_USED)
		return error_new("the snapshot on %s is %s, not used", path, khimage_state_name(superblock->state));
	if (state == KHIMAGE_EMPTY)
		forget_snapshot(superblock);
	superblock->state = state;
	superblock->jump_token = 0;
	return NULL;
}

/* Closes it; `error`, if there is one, comes first. */
static struct error *closed(struct storage *storage, const char *path, struct error *error)
{
	struct error *late = storage_close(storage, path);

	if (!error)
		return late;
	error_free(late);
	return error;
}

struct error *khimage_format(const char *path)
{
	struct khimage_superblock superblock = { 0 };
	uint64_t sequence = 0;
	size_t slot = KHIMAGE_SLOT_COUNT - 1;
	bool is_damaged;
	struct storage storage;
	struct error *error = storage_open(&storage, path, STORAGE_SHARED, O_RDWR, O_CREAT);

	if (error)
		return error;
	/* Generations continue, else an older snapshot on another disk would be the newest one. */
	error_free(khimage_read_superblock(&storage, path, &superblock, &slot, &is_damaged));
	sequence = superblock.sequence;
	error = change_state(&superblock, path, &(uint32_t){ KHIMAGE_EMPTY });
	/* Counting never reaches the highest number, and the next snapshot could not get a higher one. */
	if (superblock.generation == UINT64_MAX)
		superblock = (struct khimage_superblock){ .state = KHIMAGE_EMPTY };
	if (!error)
		error = khimage_write_superblocks(&storage, path, &superblock, &sequence, slot + 1);
	if (!error)
		error = wipe(&storage, path);
	return closed(&storage, path, error);
}

/* What is done to a superblock. */
struct change {
	struct error *(*apply)(struct khimage_superblock *superblock, const char *path, const void *argument);
	const void *argument;
	enum storage_use use;
	bool undone; /* if it cannot be written to both slots, neither keeps it */
};

/*
 * After a write that failed: the slot that it was for is written first, the other one may be whole. Only for a change
 * that was this program's, and nothing has come of it yet. Takes ownership of the failure.
 */
static struct error *write_back(const struct storage *storage, const char *path, struct khimage_superblock *before,
				size_t slot, uint64_t sequence, struct error *failed)
{
	size_t failed_slot = slot + (size_t)(sequence - before->sequence);
	struct error *error = khimage_write_superblocks(storage, path, before, &sequence, failed_slot);
	struct error *both = error ? error_new("%s. Nor can the superblock be written back as it was: %s", error_text(failed),
					       error_text(error)) :
				     error_new("%s; the snapshot is as it was", error_text(failed));

	error_free(error);
	error_free(failed);
	return both;
}

/* The slot in effect is overwritten last. */
static struct error *change_and_write(const struct storage *storage, const char *path, const struct change *change)
{
	struct khimage_superblock superblock = { 0 };
	size_t slot;
	bool is_damaged;
	struct error *error = khimage_read_superblock(storage, path, &superblock, &slot, &is_damaged);

	if (error)
		return error;
	struct khimage_superblock before = superblock;
	uint64_t sequence = superblock.sequence;

	error = change->apply(&superblock, path, change->argument);
	if (error)
		return error;
	error = khimage_write_superblocks(storage, path, &superblock, &sequence, slot + 1);
	return error && change->undone ? write_back(storage, path, &before, slot, sequence, error) : error;
}

static struct error *update(const char *path, const struct change *change)
{
	struct storage storage;
	struct error *error = storage_open(&storage, path, change->use, O_RDWR, 0);

	return error ? error : closed(&storage, path, change_and_write(&storage, path, change));
}

struct error *khimage_set_state(const char *path, uint32_t state)
{
	/* A kernel that runs gives its snapshot up while the file system around it is mounted. */
	enum storage_use use = state == KHIMAGE_EMPTY ? STORAGE_SHARED : STORAGE_ALONE;

	return update(path, &(struct change){ change_state, &state, use, false });
}

/* The argument of `use`. */
struct use_facts {
	const struct khimage_times *times;
	uint64_t jump_token;
};

static struct error *use(struct khimage_superblock *superblock, const char *path, const void *argument)
{
	const struct use_facts *facts = argument;
	const struct khimage_times *times = facts->times;
	struct error *error = change_state(superblock, path, &(uint32_t){ KHIMAGE_USED });

	if (error)
		return error;
	superblock->times.restore_kiloticks = times->restore_kiloticks;
	superblock->times.restore_uptime_ms = times->restore_uptime_ms;
	superblock->times.find_ms = times->find_ms;
	superblock->times.place_ms = times->place_ms;
	superblock->times.read_ms = times->read_ms;
	superblock->jump_token = facts->jump_token;
	return NULL;
}

struct error *khimage_set_used(const char *path, const struct khimage_times *times, uint64_t jump_token)
{
	return update(path, &(struct change){ use, &(struct use_facts){ times, jump_token }, STORAGE_ALONE, true });
}

static struct error *forget_jump(struct khimage_superblock *superblock, const char *path, const void *ignored)
{
	(void)path, (void)ignored;
	superblock->jump_token = 0;
	return NULL;
}

struct error *khimage_forget_jump(const char *path)
{
	return update(path, &(struct change){ forget_jump, NULL, STORAGE_SHARED, false });
}

/* 0: there were none. */
static struct error *add_attempts(struct khimage_superblock *superblock, const char *path, const void *argument)
{
	uint32_t count = *(const uint32_t *)argument;

	if (superblock->state != KHIMAGE_COMMITTED)
		return error_new("the snapshot on %s is %s, not committed", path, khimage_state_name(superblock->state));
	superblock->attempts = count ? superblock->attempts + count : 0;
	return NULL;
}

struct error *khimage_count_attempt(const char *path)
{
	return update(path, &(struct change){ add_attempts, &(uint32_t){ 1 }, STORAGE_ALONE, false });
}

struct error *khimage_forget_attempts(const char *path)
{
	return update(path, &(struct change){ add_attempts, &(uint32_t){ 0 }, STORAGE_ALONE, false });
}
