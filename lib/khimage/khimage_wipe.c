/* SPDX-License-Identifier: GPL-2.0-only */
/* Overwrites what shows a snapshot's content: the head, the index blocks and, by the state, the key. */
#include "lib/khimage/khimage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#include "lib/base/alloc.h"
#include "lib/base/retry.h"
#include "lib/disk/storage.h"

static struct error *put_zeros(const struct storage *storage, const char *path, uint64_t offset, uint64_t size)
{
	AUTO_FREE uint8_t *zeros = xpages(KHIMAGE_INDEX_BYTES);

	memset(zeros, 0, KHIMAGE_INDEX_BYTES);
	while (size) {
		size_t part = size < KHIMAGE_INDEX_BYTES ? (size_t)size : KHIMAGE_INDEX_BYTES;
		/* Less at the end of one of the parts of a device. */
		ssize_t written = TEMP_FAILURE_RETRY(extents_pwrite(&storage->extents, storage->fd, zeros, part, offset));

		if (written <= 0)
			return error_errno(written ? errno : ENOSPC, "cannot overwrite the snapshot on %s", path);
		offset += (uint64_t)written;
		size -= (uint64_t)written;
	}
	return NULL;
}

/* Each index block names the next one. A damaged one ends the list. */
static struct error *wipe_groups(const struct storage *storage, const struct khimage *snapshot)
{
	AUTO_FREE uint8_t *block = xcalloc(KHIMAGE_INDEX_BYTES, 1);
	struct khimage_place place = khimage_first_group(&snapshot->superblock);
	struct error *error = NULL;

	while (!error && place.number < snapshot->superblock.group_count) {
		struct khimage_group group;
		uint64_t offset = place.offset;
		struct error *damage = khimage_read_group(snapshot, &place, block, &group);

		error = put_zeros(storage, snapshot->core.path, offset, KHIMAGE_INDEX_BYTES);
		if (damage) {
			error_free(damage);
			break;
		}
	}
	return error;
}

/* An encrypted one is not readable without its key, so its index blocks can stay. */
static struct error *wipe_content(const struct storage *storage, const char *path)
{
	AUTO_KHIMAGE struct khimage snapshot = { 0 };
	struct error *error = khimage_open(&snapshot, path);
	bool has_list = !error && !snapshot.is_locked && snapshot.core.notes;

	error_free(error);
	error = has_list ? wipe_groups(storage, &snapshot) : NULL;
	if (error)
		return error;
	if (!has_list)
		return put_zeros(storage, path, KHIMAGE_HEAD_OFFSET, KHIMAGE_INDEX_BYTES);
	return put_zeros(storage, path, KHIMAGE_HEAD_OFFSET, snapshot.superblock.groups_offset - KHIMAGE_HEAD_OFFSET);
}

/* Lets a disk forget the content as well, where it can; what it does not forget was overwritten as far as needed. */
static void discard(const struct storage *storage)
{
	uint64_t range[] = { KHIMAGE_WIPED_BYTES, 0 };

	if (!storage->is_device || storage->is_mapped || storage->size_bytes <= KHIMAGE_WIPED_BYTES)
		return;
	range[1] = storage->size_bytes - KHIMAGE_WIPED_BYTES;
	(void)ioctl(storage->fd, BLKDISCARD, range);
}

struct error *khimage_wipe(const char *path)
{
	struct storage storage;
	struct error *error = storage_open(&storage, path, STORAGE_SHARED, O_RDWR, 0);

	if (error)
		return error;
	error = wipe_content(&storage, path);
	if (!error && fsync(storage.fd))
		error = error_errno(errno, "cannot flush %s", path);
	if (!error)
		discard(&storage);

	struct error *closing = storage_close(&storage, path);

	if (!error)
		error = closing;
	else
		error_free(closing);
	return error ? error : khimage_set_state(path, KHIMAGE_EMPTY);
}
