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
#include "lib/disk/device_open.h"

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

static struct error *write_slot(int fd, const char *path, const struct khimage_superblock *superblock, size_t slot)
{
	/* Aligned and whole, as a device opened with O_DIRECT requires. */
	_Alignas(KHIMAGE_BLOCK_BYTES) uint8_t block[KHIMAGE_BLOCK_BYTES] = { 0 };
	off_t offset = (off_t)(slot * KHIMAGE_BLOCK_BYTES);

	memcpy(block, superblock, sizeof(*superblock));
	ssize_t written = TEMP_FAILURE_RETRY(pwrite(fd, block, sizeof(block), offset));

	if (written != (ssize_t)sizeof(block))
		return error_errno(written < 0 ? errno : ENOSPC, "cannot write a superblock to %s", path);
	if (fsync(fd))
		return error_errno(errno, "cannot flush a superblock of %s", path);
	return NULL;
}

struct error *khimage_write_superblocks(int fd, const char *path, struct khimage_superblock *superblock,
					uint64_t *last_sequence, size_t first_slot)
{
	struct error *error = NULL;

	for (size_t i = 0; !error && i < KHIMAGE_SLOT_COUNT; i++) {
		superblock->sequence = ++*last_sequence;
		khimage_superblock_seal(superblock);
		error = write_slot(fd, path, superblock, (first_slot + i) % KHIMAGE_SLOT_COUNT);
	}
	return error;
}

static struct error *wipe(int fd, const char *path)
{
	AUTO_FREE uint8_t *zeros = xcalloc(KHIMAGE_WIPED_BYTES, 1);
	ssize_t written = TEMP_FAILURE_RETRY(pwrite(fd, zeros, KHIMAGE_WIPED_BYTES - KHIMAGE_SLOTS_BYTES, (off_t)KHIMAGE_SLOTS_BYTES));

	/* A smaller device can be a khimage, too, but only an empty one. */
	if (written < 0 && errno != ENOSPC)
		return error_errno(errno, "cannot write to %s", path);
	return fsync(fd) ? error_errno(errno, "cannot flush %s", path) : NULL;
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

struct error *khimage_format(const char *path)
{
	struct khimage_superblock superblock = { 0 };
	uint64_t sequence = 0;
	size_t slot = KHIMAGE_SLOT_COUNT - 1;
	bool is_damaged;
	int fd;
	struct error *error = device_open(path, O_RDWR, O_CREAT, &fd);

	if (error)
		return error;
	/* Generations continue, else an older snapshot on another disk would be the newest one. */
	error_free(khimage_read_superblock(fd, path, &superblock, &slot, &is_damaged));
	sequence = superblock.sequence;
	error = change_state(&superblock, path, &(uint32_t){ KHIMAGE_EMPTY });
	/* Counting never reaches the highest number, and the next snapshot could not get a higher one. */
	if (superblock.generation == UINT64_MAX)
		superblock = (struct khimage_superblock){ .state = KHIMAGE_EMPTY };
	if (!error)
		error = khimage_write_superblocks(fd, path, &superblock, &sequence, slot + 1);
	if (!error)
		error = wipe(fd, path);
	/* Signatures at the device's end, too. */
	if (!error)
		error = block_content_wipe(fd, path);
	if (close(fd) && !error)
		error = error_errno(errno, "cannot close %s", path);
	return error;
}

/* Applies `change` to the superblock at `path`. The slot in effect is overwritten last. */
static struct error *update(const char *path, const void *argument,
			    struct error *(*change)(struct khimage_superblock *, const char *, const void *))
{
	struct khimage_superblock superblock = { 0 };
	size_t slot;
	bool is_damaged;
	int fd;
	struct error *error = device_open(path, O_RDWR, 0, &fd);

	if (error)
		return error;
	error = khimage_read_superblock(fd, path, &superblock, &slot, &is_damaged);
	uint64_t sequence = error ? 0 : superblock.sequence;

	if (!error)
		error = change(&superblock, path, argument);
	if (!error)
		error = khimage_write_superblocks(fd, path, &superblock, &sequence, slot + 1);
	if (close(fd) && !error)
		error = error_errno(errno, "cannot close %s", path);
	return error;
}

struct error *khimage_set_state(const char *path, uint32_t state)
{
	return update(path, &state, change_state);
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
	return update(path, &(struct use_facts){ times, jump_token }, use);
}

static struct error *forget_jump(struct khimage_superblock *superblock, const char *path, const void *ignored)
{
	(void)path, (void)ignored;
	superblock->jump_token = 0;
	return NULL;
}

struct error *khimage_forget_jump(const char *path)
{
	return update(path, NULL, forget_jump);
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
	return update(path, &(uint32_t){ 1 }, add_attempts);
}

struct error *khimage_forget_attempts(const char *path)
{
	return update(path, &(uint32_t){ 0 }, add_attempts);
}
