/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/khimage_swap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "include/storage_map_format.h"
#include "lib/base/alloc.h"
#include "lib/base/retry.h"
#include "lib/khimage/khimage.h"

/* Opens the device of `name`; the caller closes *ret_fd. */
static struct error *open_device(const char *name, int access, int *ret_fd, uint64_t *ret_offset)
{
	AUTO_FREE char *path = NULL;

	if (!storage_name_split(name, &path, ret_offset))
		return error_new("%s is no DEVICE@OFFSET", name);
	*ret_fd = open(path, access | O_CLOEXEC);
	return *ret_fd < 0 ? error_errno(errno, "cannot open %s", path) : NULL;
}

struct error *khimage_swap_head(const char *name, enum storage_head *ret_head)
{
	uint64_t offset;
	int fd;

	*ret_head = STORAGE_HEAD_NONE;
	if (!storage_name_is_mapped(name))
		return NULL;
	struct error *error = open_device(name, O_RDONLY, &fd, &offset);

	if (error)
		return error;
	error = storage_read_head(fd, name, offset, ret_head);
	close(fd);
	return error;
}

/* The whole page is written, of which one sector changes. */
static struct error *change_signature(int fd, const char *name, uint64_t offset, const char *signature)
{
	uint8_t page[STORAGE_BLOCK_BYTES];
	ssize_t size = TEMP_FAILURE_RETRY(pread(fd, page, sizeof(page), (off_t)offset));

	if (size == (ssize_t)sizeof(page)) {
		memcpy(page + STORAGE_SIGNATURE_OFFSET, signature, STORAGE_SIGNATURE_BYTES);
		size = TEMP_FAILURE_RETRY(pwrite(fd, page, sizeof(page), (off_t)offset));
	}
	if (size != (ssize_t)sizeof(page) || fsync(fd))
		return error_errno(errno, "cannot change the signature of the swap area %s", name);
	return NULL;
}

/* What was swapped to the place of the superblocks is none. */
static struct error *format(struct storage *storage, const char *name)
{
	static const uint8_t zeros[KHIMAGE_SLOTS_BYTES];
	struct khimage_superblock empty = { .state = KHIMAGE_EMPTY };
	uint64_t sequence = 0;
	size_t done = 0;

	while (done < sizeof(zeros)) {
		ssize_t written = TEMP_FAILURE_RETRY(extents_pwrite(&storage->extents, storage->fd, zeros + done,
								    sizeof(zeros) - done, done));

		if (written <= 0)
			return error_errno(written ? errno : ENOSPC, "cannot write to the swap area %s", name);
		done += (size_t)written;
	}
	return khimage_write_superblocks(storage, name, &empty, &sequence, 0);
}

static struct error *fill(int fd, const char *name, uint64_t offset, const struct extents *blocks)
{
	AUTO_EXTENTS struct extents parts = { 0 };
	uint64_t map_offset;
	struct error *error = storage_lay_out(blocks, STORAGE_BLOCK_BYTES, name, &map_offset, &parts);
	struct storage storage = { .fd = fd, .is_mapped = true, .extents = parts, .size_bytes = UINT64_MAX };

	if (!error && map_offset != offset + STORAGE_BLOCK_BYTES)
		error = error_new("the swap area at %s begins elsewhere", name);
	if (!error)
		error = storage_write_map(fd, name, map_offset, &parts);
	return error ? error : format(&storage, name);
}

struct error *khimage_swap_hold(const char *name, const struct extents *blocks)
{
	enum storage_head head = STORAGE_HEAD_NONE;
	uint64_t offset;
	int fd;
	struct error *error = open_device(name, O_RDWR, &fd, &offset);

	if (error)
		return error;
	error = storage_read_head(fd, name, offset, &head);
	if (!error && head != STORAGE_HEAD_SWAP)
		error = error_new("there is no swap area at %s", name);
	/* All of it is on the disk before the signature makes it count. */
	if (!error)
		error = fill(fd, name, offset, blocks);
	if (!error)
		error = change_signature(fd, name, offset, STORAGE_HELD_SIGNATURE);
	close(fd);
	return error;
}

struct error *khimage_swap_release(const char *name, bool *ret_was_held)
{
	struct khimage_superblock superblock = { 0 };
	enum storage_head head;
	uint64_t offset;
	int fd;
	struct error *error = khimage_swap_head(name, &head);
	bool is_held = !error && head == STORAGE_HEAD_HELD_SWAP;

	if (ret_was_held)
		*ret_was_held = is_held;
	if (!is_held)
		return error;
	/* A khimage that is damaged is none. */
	error_free(khimage_read_state(name, &superblock, NULL));
	if (superblock.state == KHIMAGE_COMMITTED)
		return error_new("%s holds a snapshot that was not resumed; \"khibernate cancel\" gives it up", name);
	error = open_device(name, O_RDWR, &fd, &offset);
	if (error)
		return error;
	error = change_signature(fd, name, offset, STORAGE_SWAP_SIGNATURE);
	close(fd);
	return error;
}
