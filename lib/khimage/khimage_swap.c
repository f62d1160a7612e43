/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/khimage_swap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#include "include/storage_map_format.h"
#include "lib/base/alloc.h"
#include "lib/base/bytes.h"
#include "lib/base/retry.h"
#include "lib/khimage/khimage.h"

/*
 * Opens the device of a member's name; the caller closes *ret_fd. What this kernel has cached of it may be old: a file
 * system and the device mapper write below this cache.
 */
static struct error *open_device(const char *name, int access, int *ret_fd, uint64_t *ret_offset)
{
	AUTO_FREE char *path = NULL;

	if (!storage_name_split(name, &path, ret_offset))
		return error_new("%s is no DEVICE@OFFSET", name);
	*ret_fd = open(path, access | O_CLOEXEC);
	if (*ret_fd < 0)
		return error_errno(errno, "cannot open %s", path);
	(void)ioctl(*ret_fd, BLKFLSBUF);
	return NULL;
}

/* The same, with what is in the first page. */
static struct error *open_with_head(const char *name, int access, int *ret_fd, uint64_t *ret_offset,
				    enum storage_head *ret_head)
{
	struct error *error = open_device(name, access, ret_fd, ret_offset);

	if (error)
		return error;
	error = storage_read_head(*ret_fd, name, *ret_offset, ret_head);
	if (error)
		close(*ret_fd);
	return error;
}

/* Mirrors are the same but for a moment, in which one of them may hold a khimage already, or still. */
struct error *khimage_swap_head(const char *name, enum storage_head *ret_head)
{
	struct error *error = NULL;
	char *member;

	*ret_head = STORAGE_HEAD_NONE;
	for (size_t i = 0; !error && storage_name_is_mapped(name) && (member = storage_name_member(name, i)); i++) {
		enum storage_head head = STORAGE_HEAD_NONE;
		uint64_t offset;
		int fd;

		error = open_with_head(member, O_RDONLY, &fd, &offset, &head);
		if (!error)
			close(fd);
		if (!i || head == STORAGE_HEAD_HELD_SWAP)
			*ret_head = head;
		free(member);
	}
	return error;
}

static struct error *read_page(int fd, const char *name, uint64_t offset, uint8_t page[STORAGE_BLOCK_BYTES])
{
	ssize_t size = TEMP_FAILURE_RETRY(pread(fd, page, STORAGE_BLOCK_BYTES, (off_t)offset));

	return size == STORAGE_BLOCK_BYTES ? NULL : error_errno(size < 0 ? errno : ENODATA, "cannot read the swap area %s", name);
}

/* The whole page is written, of which one sector changes. */
static struct error *change_signature(int fd, const char *name, uint64_t offset, const void *signature)
{
	uint8_t page[STORAGE_BLOCK_BYTES];
	struct error *error = read_page(fd, name, offset, page);

	if (error)
		return error;
	memcpy(page + STORAGE_SIGNATURE_OFFSET, signature, STORAGE_SIGNATURE_BYTES);
	if (TEMP_FAILURE_RETRY(pwrite(fd, page, sizeof(page), (off_t)offset)) != (ssize_t)sizeof(page) || fsync(fd))
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
		ssize_t written = TEMP_FAILURE_RETRY(storage_pwrite(storage, zeros + done, sizeof(zeros) - done, done));

		if (written <= 0)
			return error_errno(written ? errno : ENOSPC, "cannot write to the swap area %s", name);
		done += (size_t)written;
	}
	return khimage_write_superblocks(storage, name, &empty, &sequence, 0);
}

/* Map and empty khimage behind the first page, which is not changed. */
static struct error *fill(int fd, const char *name, uint64_t offset, const struct extents *blocks)
{
	AUTO_EXTENTS struct extents parts = { 0 };
	uint8_t page[STORAGE_BLOCK_BYTES];
	uint64_t map_offset;
	struct error *error = storage_lay_out(blocks, STORAGE_BLOCK_BYTES, name, &map_offset, &parts);
	struct storage storage = { .fd = fd, .is_mapped = true, .extents = parts, .size_bytes = UINT64_MAX };

	if (!error && map_offset != offset + STORAGE_BLOCK_BYTES)
		error = error_new("the swap area at %s begins elsewhere", name);
	if (!error)
		error = read_page(fd, name, offset, page);
	if (!error)
		error = storage_write_map(fd, name, map_offset, &parts, page + STORAGE_SIGNATURE_OFFSET);
	return error ? error : format(&storage, name);
}

struct error *khimage_swap_prepare(const char *member, const struct extents *blocks, bool is_encrypted)
{
	enum storage_head head = STORAGE_HEAD_NONE;
	uint64_t offset;
	int fd;
	struct error *error = open_with_head(member, O_RDWR, &fd, &offset, &head);

	if (error)
		return error;
	if (head != (is_encrypted ? STORAGE_HEAD_NONE : STORAGE_HEAD_SWAP))
		error = error_new("there is no swap area at %s", member);
	if (!error)
		error = fill(fd, member, offset, blocks);
	close(fd);
	return error;
}

struct error *khimage_swap_hold(const char *name)
{
	struct error *error = NULL;
	char *member;

	for (size_t i = 0; !error && (member = storage_name_member(name, i)); i++) {
		uint64_t offset;
		int fd;

		error = open_device(member, O_RDWR, &fd, &offset);
		if (!error) {
			error = change_signature(fd, member, offset, STORAGE_HELD_SIGNATURE);
			close(fd);
		}
		free(member);
	}
	return error;
}

/* Whether the header shows in clear: its version is 1 (include/linux/swap.h, union swap_header). */
static bool is_in_clear(int fd, const char *name, uint64_t offset)
{
	uint8_t page[STORAGE_BLOCK_BYTES];
	struct error *error = read_page(fd, name, offset, page);
	bool is_one = !error && load_u32(page + 1024) == 1;

	error_free(error);
	return is_one;
}

/* What the signature was. Without its map an area that is not encrypted is given back all the same. */
static struct error *find_covered(int fd, const char *name, uint64_t offset, uint8_t covered[STORAGE_SIGNATURE_BYTES])
{
	struct error *error = storage_read_covered(fd, name, offset + STORAGE_BLOCK_BYTES, covered);

	if (!error || !is_in_clear(fd, name, offset))
		return error;
	error_free(error);
	memcpy(covered, STORAGE_SWAP_SIGNATURE, STORAGE_SIGNATURE_BYTES);
	return NULL;
}

/* One that is a swap area already stays as it is. */
static struct error *release_member(const char *member)
{
	enum storage_head head = STORAGE_HEAD_NONE;
	uint8_t covered[STORAGE_SIGNATURE_BYTES];
	uint64_t offset;
	int fd;
	struct error *error = open_with_head(member, O_RDWR, &fd, &offset, &head);

	if (error)
		return error;
	if (head == STORAGE_HEAD_HELD_SWAP) {
		error = find_covered(fd, member, offset, covered);
		if (!error)
			error = change_signature(fd, member, offset, covered);
	}
	close(fd);
	return error;
}

struct error *khimage_swap_release(const char *name, bool *ret_was_held)
{
	struct khimage_superblock superblock = { 0 };
	enum storage_head head;
	struct error *error = khimage_swap_head(name, &head);
	bool is_held = !error && head == STORAGE_HEAD_HELD_SWAP;
	char *member;

	if (ret_was_held)
		*ret_was_held = is_held;
	if (!is_held)
		return error;
	/* A khimage that is damaged is none. */
	error_free(khimage_read_state(name, &superblock, NULL));
	if (superblock.state == KHIMAGE_COMMITTED)
		return error_new("%s holds a snapshot that was not resumed; \"khibernate cancel\" gives it up", name);
	for (size_t i = 0; (member = storage_name_member(name, i)); i++) {
		struct error *failed = release_member(member);

		if (error)
			error_free(failed);
		else
			error = failed;
		free(member);
	}
	return error;
}
