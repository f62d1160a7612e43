/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fs.h>

#include "lib/base/alloc.h"
#include "lib/base/read_again.h"
#include "lib/base/retry.h"
#include "lib/disk/device_open.h"
#include "lib/disk/device_stack.h"
#include "lib/disk/storage_map.h"

/* Reads whole blocks, or fails. */
static struct error *read_blocks(int fd, const char *name, uint64_t offset, void *to, size_t size)
{
	uint8_t *at = to;
	struct read_tries tries = { 0 };

	while (size) {
		ssize_t got = TEMP_FAILURE_RETRY(pread(fd, at, size, (off_t)offset));

		if (got < 0 && read_again(&tries))
			continue;
		if (got < 0)
			return error_errno(errno, "cannot read %s at offset %" PRIu64, name, offset);
		if (!got)
			return error_errno(ENODATA, "%s ends before offset %" PRIu64, name, offset + size);
		at += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return NULL;
}

static bool has_signature(const uint8_t *block, const char *signature)
{
	return !memcmp(block + STORAGE_SIGNATURE_OFFSET, signature, STORAGE_SIGNATURE_BYTES);
}

struct error *storage_read_head(int fd, const char *name, uint64_t offset, enum storage_head *ret_head)
{
	uint8_t block[STORAGE_BLOCK_BYTES];
	struct error *error = read_blocks(fd, name, offset, block, sizeof(block));
	uint32_t size;

	if (error)
		return error;
	/* A swap area's header comes first: what mkswap left of the page before the header may be anything. */
	if (has_signature(block, STORAGE_HELD_SIGNATURE))
		*ret_head = STORAGE_HEAD_HELD_SWAP;
	else if (has_signature(block, STORAGE_SWAP_SIGNATURE))
		*ret_head = STORAGE_HEAD_SWAP;
	else
		*ret_head = storage_map_probe((struct bytes){ block, sizeof(block) }, &size) ? STORAGE_HEAD_MAP :
												 STORAGE_HEAD_NONE;
	return NULL;
}

static struct error *find_size(int fd, const char *name, bool is_device, uint64_t *ret_bytes)
{
	struct stat status;

	if (is_device ? ioctl(fd, BLKGETSIZE64, ret_bytes) : fstat(fd, &status))
		return error_errno(errno, "cannot find out the size of %s", name);
	if (!is_device)
		*ret_bytes = (uint64_t)status.st_size;
	return NULL;
}

/* Reads the map at `offset`, of which the first block tells the size; heap. */
static struct error *read_map(int fd, const char *name, uint64_t offset, uint8_t **ret_map, uint32_t *ret_size)
{
	uint8_t block[STORAGE_BLOCK_BYTES];
	struct error *error = read_blocks(fd, name, offset, block, sizeof(block));

	if (error)
		return error;
	if (!storage_map_probe((struct bytes){ block, sizeof(block) }, ret_size))
		return error_errno(ENODATA, "there is no snapshot's place at %s", name);
	*ret_map = xcalloc(*ret_size, 1);
	return read_blocks(fd, name, offset, *ret_map, *ret_size);
}

static struct error *parse_map(int fd, const char *name, uint64_t offset, uint64_t device_bytes, struct extents *ret_extents,
			       uint8_t *ret_covered)
{
	AUTO_FREE uint8_t *map = NULL;
	uint32_t size;
	struct error *error = read_map(fd, name, offset, &map, &size);

	if (!error)
		error = error_prefix(storage_map_parse((struct bytes){ map, size }, offset, device_bytes, ret_extents), "%s", name);
	if (!error && ret_covered)
		memcpy(ret_covered, storage_map_covered((struct bytes){ map, size }), STORAGE_SIGNATURE_BYTES);
	return error;
}

struct error *storage_read_covered(int fd, const char *name, uint64_t map_offset, uint8_t *ret_covered)
{
	AUTO_EXTENTS struct extents ignored = { 0 };

	return parse_map(fd, name, map_offset, UINT64_MAX, &ignored, ret_covered);
}

/*
 * Only page 0 of a swap area is never a page of a program. So behind it a map counts only while its signature says so:
 * else any program could leave a map and a snapshot there by having its memory swapped out.
 */
static struct error *find_map(struct storage *storage, const char *name, uint64_t offset)
{
	enum storage_head head;
	uint64_t device_bytes = 0;
	struct error *error = find_size(storage->fd, name, storage->is_device, &device_bytes);

	if (!error)
		error = storage_read_head(storage->fd, name, offset, &head);
	if (error)
		return error;
	if (head == STORAGE_HEAD_SWAP || head == STORAGE_HEAD_NONE)
		return error_errno(ENODATA, "there is no snapshot's place at %s", name);
	if (head == STORAGE_HEAD_HELD_SWAP)
		offset += STORAGE_BLOCK_BYTES;
	error = parse_map(storage->fd, name, offset, device_bytes, &storage->extents, NULL);
	storage->size_bytes = error ? 0 : extents_bytes(&storage->extents);
	return error;
}

static bool is_below_others(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISBLK(status.st_mode) && device_has_holders("/", status.st_rdev);
}

static struct error *open_fd(const char *path, const char *name, enum storage_use use, int access, int file_flags,
			     bool is_mapped, int *ret_fd)
{
	if ((use == STORAGE_ALONE && !(is_mapped && is_below_others(path))) || (use == STORAGE_SHARED && !is_mapped))
		return device_open(path, access, is_mapped ? 0 : file_flags, ret_fd);
	*ret_fd = open(path, use == STORAGE_READ ? O_RDONLY | O_CLOEXEC | O_NONBLOCK : access | O_CLOEXEC);
	return *ret_fd < 0 ? error_errno(errno, "cannot open %s", name) : NULL;
}

/* One member of the name. *ret_without_map: it is there, and only its map cannot be used. */
static struct error *open_one(struct storage *storage, const char *name, enum storage_use use, int access,
			      int file_flags, bool *ret_without_map)
{
	AUTO_FREE char *path = NULL;
	uint64_t offset = 0;
	struct storage opened = { .is_mapped = storage_name_split(name, &path, &offset), .size_bytes = UINT64_MAX };
	/* The map is read in any case. */
	int how = opened.is_mapped && access == O_WRONLY ? O_RDWR : access;
	struct error *error = open_fd(path, name, use, how, file_flags, opened.is_mapped, &opened.fd);

	*ret_without_map = false;
	if (error)
		return error;
	opened.is_device = device_is_block(path);
	if (opened.is_mapped)
		error = find_map(&opened, name, offset);
	else if (opened.is_device)
		error = find_size(opened.fd, name, true, &opened.size_bytes);
	if (error) {
		*ret_without_map = opened.is_mapped;
		close(opened.fd);
		return error;
	}
	*storage = opened;
	return NULL;
}

static struct error *close_all(struct storage *storage, const char *name)
{
	struct error *error = close(storage->fd) ? error_errno(errno, "cannot close %s", name) : NULL;

	for (size_t i = 0; i < storage->mirror_count; i++) {
		struct error *other = close_all(&storage->mirrors[i], name);

		if (error)
			error_free(other);
		else
			error = other;
	}
	free(storage->mirrors);
	extents_deinit(&storage->extents);
	*storage = (struct storage){ .fd = -1 };
	return error;
}

/* The member becomes the first, or a mirror of it, which has to be as large. */
static struct error *add_member(struct storage *all, struct storage *member, const char *name)
{
	if (all->fd < 0) {
		*all = *member;
		return NULL;
	}
	if (member->size_bytes != all->size_bytes) {
		error_free(close_all(member, name));
		return error_new("%s has another size than the others of its mirror: \"khibernate setup\" makes them anew", name);
	}
	size_t capacity = all->mirror_count;

	all->mirrors = xgrow(all->mirrors, &capacity, all->mirror_count + 1, sizeof(*all->mirrors));
	all->mirrors[all->mirror_count++] = *member;
	return NULL;
}

/* The one of two that is returned if no member has a map: that one is damaged says more than that there is none. */
static struct error *worse(struct error *before, struct error *error)
{
	bool takes_it = !before || error_errno_value(before) == ENODATA;

	error_free(takes_it ? before : error);
	return takes_it ? error : before;
}

struct error *storage_open(struct storage *storage, const char *name, enum storage_use use, int access, int file_flags)
{
	struct storage all = { .fd = -1 };
	struct error *error = NULL, *without_map = NULL;
	char *member_name;

	for (size_t i = 0; !error && (member_name = storage_name_member(name, i)); i++) {
		struct storage member;
		bool lacks_map;

		error = open_one(&member, member_name, use, access, file_flags, &lacks_map);
		if (!error)
			error = add_member(&all, &member, member_name);
		/*
		 * Its mirror may have one: the signatures of a swap area are written one after the other, and a disk may fail
		 * to read its own.
		 */
		else if (lacks_map)
			without_map = worse(without_map, TAKE_PTR(error));
		free(member_name);
	}
	if (!error && all.fd < 0)
		error = TAKE_PTR(without_map);
	error_free(without_map);
	if (!error)
		*storage = all;
	else if (all.fd >= 0)
		error_free(close_all(&all, name));
	return error;
}

struct error *storage_close(struct storage *storage, const char *name)
{
	return close_all(storage, name);
}

struct error *storage_whole_device(const char *path, struct extent *ret_whole)
{
	struct storage device;
	struct error *error = storage_open(&device, path, STORAGE_READ, O_RDONLY, 0);

	if (error)
		return error;
	*ret_whole = (struct extent){ 0, device.size_bytes / EXTENT_ALIGN_BYTES * EXTENT_ALIGN_BYTES };
	return storage_close(&device, path);
}

static bool write_whole(const struct storage *storage, const uint8_t *from, size_t size, uint64_t at)
{
	while (size) {
		ssize_t written = TEMP_FAILURE_RETRY(extents_pwrite(&storage->extents, storage->fd, from, size, at));

		if (written <= 0)
			return false;
		from += written;
		at += (uint64_t)written;
		size -= (size_t)written;
	}
	return true;
}

ssize_t storage_pwrite(const struct storage *storage, const void *from, size_t size, uint64_t at)
{
	ssize_t written = TEMP_FAILURE_RETRY(extents_pwrite(&storage->extents, storage->fd, from, size, at));

	for (size_t i = 0; written > 0 && i < storage->mirror_count; i++)
		if (!write_whole(&storage->mirrors[i], from, (size_t)written, at))
			return -1;
	return written;
}

int storage_flush(const struct storage *storage)
{
	int failed = fsync(storage->fd);

	for (size_t i = 0; !failed && i < storage->mirror_count; i++)
		failed = fsync(storage->mirrors[i].fd);
	return failed;
}

/* The list loses its first part, or a bit of that, to the map; so it never grows, and the map's size is enough. */
struct error *storage_lay_out(const struct extents *blocks, uint64_t head_bytes, const char *name,
			      uint64_t *ret_map_offset, struct extents *ret_extents)
{
	uint64_t taken = head_bytes + storage_map_bytes(blocks->count);

	if (!blocks->count || storage_map_bytes(blocks->count) > STORAGE_MAP_MAX_BYTES ||
	    blocks->items[0].size_bytes < taken || extents_bytes(blocks) == taken)
		return error_new("%s lies in %zu pieces, of which the first is too small: make it anew, or defragment it",
				 name, blocks->count);
	*ret_map_offset = blocks->items[0].offset + head_bytes;
	for (size_t i = 0; i < blocks->count; i++) {
		uint64_t less = i ? 0 : taken;

		extents_add(ret_extents, (struct extent){ blocks->items[i].offset + less,
							  blocks->items[i].size_bytes - less });
	}
	return NULL;
}

bool storage_begins_with(const struct extents *blocks, uint64_t head_bytes, const struct extents *extents)
{
	AUTO_EXTENTS struct extents beginning = { 0 }, left = { 0 };
	uint64_t map_offset;

	extents_add_beginning(&beginning, blocks, head_bytes + storage_map_bytes(extents->count) + extents_bytes(extents));

	struct error *error = storage_lay_out(&beginning, head_bytes, "", &map_offset, &left);
	bool same = !error && extents_equal(&left, extents);

	error_free(error);
	return same;
}

struct error *storage_write_map(int fd, const char *name, uint64_t map_offset, const struct extents *extents,
				const uint8_t *covered)
{
	AUTO_FREE uint8_t *map = storage_map_build(map_offset, extents, covered);
	size_t size = (size_t)storage_map_bytes(extents->count);
	size_t done = 0;

	while (done < size) {
		ssize_t written = TEMP_FAILURE_RETRY(pwrite(fd, map + done, size - done, (off_t)(map_offset + done)));

		if (written <= 0)
			return error_errno(written ? errno : ENOSPC, "cannot write to %s at offset %" PRIu64, name,
					   map_offset + done);
		done += (size_t)written;
	}
	return fsync(fd) ? error_errno(errno, "cannot flush %s", name) : NULL;
}
