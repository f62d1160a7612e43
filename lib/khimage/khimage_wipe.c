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
		ssize_t written = TEMP_FAILURE_RETRY(storage_pwrite(storage, zeros, part, offset));

		if (written <= 0)
			return error_errno(written ? errno : ENOSPC, "cannot overwrite the snapshot on %s", path);
		offset += (uint64_t)written;
		size -= (uint64_t)written;
	}
	return NULL;
}

/* Whether it is the header of an index block at `offset`; its chunks may be damaged. */
static bool is_group(const uint8_t *block, const struct khimage_superblock *superblock, uint64_t offset,
		     uint64_t *ret_next)
{
	struct khimage_group_header header;

	memcpy(&header, block, sizeof(header));
	*ret_next = header.next_offset;
	return !memcmp(header.magic, KHIMAGE_GROUP_MAGIC, sizeof(header.magic)) && header.image_id == superblock->image_id &&
	       header.next_offset > offset && header.next_offset <= superblock->end_offset;
}

/* The first header of one from `offset` on; the end of the snapshot if there is none. */
static uint64_t find_group(const struct storage *storage, const struct khimage_superblock *superblock, uint64_t offset,
			   uint64_t *ret_next)
{
	AUTO_FREE uint8_t *data = xpages(KHIMAGE_INDEX_BYTES);

	while (offset < superblock->end_offset) {
		ssize_t got = TEMP_FAILURE_RETRY(extents_pread(&storage->extents, storage->fd, data, KHIMAGE_INDEX_BYTES, offset));
		size_t blocks = got < 0 ? 0 : (size_t)got / KHIMAGE_BLOCK_BYTES;

		for (size_t i = 0; i < blocks; i++)
			if (is_group(data + i * KHIMAGE_BLOCK_BYTES, superblock, offset + i * KHIMAGE_BLOCK_BYTES, ret_next))
				return offset + i * KHIMAGE_BLOCK_BYTES;
		/* A block that cannot be read is passed over. */
		offset += (blocks ? blocks : 1) * KHIMAGE_BLOCK_BYTES;
	}
	return superblock->end_offset;
}

/* The first error; a block that cannot be overwritten does not keep others. */
static struct error *also(struct error *first, struct error *error)
{
	if (first)
		error_free(error);
	return first ? first : error;
}

/* Each index block names the next one. A damaged one is overwritten, too, and the next one is looked for behind it. */
static struct error *wipe_groups(const struct storage *storage, const char *path,
				 const struct khimage_superblock *superblock)
{
	struct error *error = NULL;
	uint64_t next = 0, end = superblock->end_offset;

	for (uint64_t offset = superblock->groups_offset; offset < end; offset = next) {
		uint64_t found = find_group(storage, superblock, offset, &next), left = end - offset;

		if (found != offset)
			next = found;
		error = also(error, put_zeros(storage, path, offset, left < KHIMAGE_INDEX_BYTES ? left : KHIMAGE_INDEX_BYTES));
	}
	return error;
}

/* An encrypted one is not readable without its key, so its index blocks can stay. */
static struct error *wipe_content(const struct storage *storage, const char *path)
{
	struct khimage_superblock superblock = { 0 };
	size_t slot;
	bool is_damaged;
	struct error *error = khimage_read_superblock(storage, path, &superblock, &slot, &is_damaged);
	bool has_list = !error && superblock.group_count && !superblock.encryption.cipher;

	error_free(error);
	if (!has_list)
		return put_zeros(storage, path, KHIMAGE_HEAD_OFFSET, KHIMAGE_INDEX_BYTES);
	error = put_zeros(storage, path, KHIMAGE_HEAD_OFFSET, superblock.groups_offset - KHIMAGE_HEAD_OFFSET);
	return also(error, wipe_groups(storage, path, &superblock));
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
	if (!error && storage_flush(&storage))
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
