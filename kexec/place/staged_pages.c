/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/place/staged_pages.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "kexec/place/page_spare.h"
#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "lib/base/sizes.h"
#include "lib/machine/machine.h"
#include "lib/machine/memory_cgroup.h"

#define PAGES STAGED_PAGES_FOLDER "/pages"
#define FRAMES STAGED_PAGES_FOLDER "/frames"

/* What is written at once. */
#define BLOCK_BYTES ((size_t)MIB)

/* A ramfs is mounted at the folder: it may also be a folder of /dev that is one. */
bool staged_pages_exist(void)
{
	struct statfs filesystem;
	struct stat folder, parent;

	return !lstat(STAGED_PAGES_FOLDER, &folder) && S_ISDIR(folder.st_mode) && !stat(STAGED_PAGES_FOLDER "/..", &parent) &&
	       folder.st_dev != parent.st_dev && !statfs(STAGED_PAGES_FOLDER, &filesystem) &&
	       (uint32_t)filesystem.f_type == RAMFS_MAGIC;
}

void staged_pages_release(void)
{
	if (staged_pages_exist() && !umount2(STAGED_PAGES_FOLDER, MNT_DETACH | UMOUNT_NOFOLLOW))
		rmdir(STAGED_PAGES_FOLDER);
}

bool staged_pages_record_load(enum loaded_kind kind)
{
	if (kind != LOADED_PLACED)
		staged_pages_release();
	return loaded_record_set(kind);
}

struct error *staged_pages_create(int *ret_fd)
{
	staged_pages_release();
	if (mkdir(STAGED_PAGES_FOLDER, 0700) < 0 && errno != EEXIST)
		return error_errno(errno, "cannot make the folder " STAGED_PAGES_FOLDER);
	if (mount("kexec-jump", STAGED_PAGES_FOLDER, "ramfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") < 0) {
		int saved = errno;

		rmdir(STAGED_PAGES_FOLDER);
		return error_errno(saved, "cannot mount a ramfs at " STAGED_PAGES_FOLDER);
	}
	*ret_fd = open(PAGES, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*ret_fd >= 0)
		return NULL;

	int saved = errno;

	staged_pages_release();
	return error_errno(saved, "cannot create " PAGES);
}

struct error *staged_pages_check_room(const char *root, uint64_t bytes)
{
	uint64_t available, cgroup_bytes = memory_cgroup_room(root);
	struct error *error = machine_available_memory(root, &available);

	if (error) {
		error_free(error);
		return NULL;
	}

	uint64_t spare = page_spare_bytes(root);

	available = available < cgroup_bytes ? available : cgroup_bytes;
	available = available > spare ? available - spare : 0;
	if (bytes <= available)
		return NULL;

	AUTO_FREE char *needed = size_text(bytes);
	AUTO_FREE char *there = size_text(available);

	return error_new("%s of memory are needed until kexec -e, and this kernel can spare %s%s", needed, there,
			 memory_cgroup_text(root));
}

struct error *staged_pages_grow(int fd, size_t page_count)
{
	AUTO_FREE uint8_t *zeros = xcalloc(BLOCK_BYTES, 1);
	uint64_t end = page_count * (uint64_t)PAGE_SIZE_BYTES;
	off_t at = lseek(fd, 0, SEEK_END);
	struct error *error = staged_pages_check_room("/", end - (uint64_t)at);

	while (!error && (uint64_t)at < end) {
		uint64_t left = end - (uint64_t)at;
		ssize_t size = write(fd, zeros, left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES);

		if (size <= 0)
			return error_errno(size ? errno : ENOSPC, "cannot take %" PRIu64 " MiB of memory", end / MIB);
		at += size;
	}
	return error;
}

struct error *staged_pages_record(const struct page_pool *pool)
{
	size_t size = pool->page_count * sizeof(*pool->frames);
	int fd = open(FRAMES, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct error *error = NULL;

	if (fd < 0)
		return error_errno(errno, "cannot create " FRAMES);
	for (size_t done = 0; !error && done < size;) {
		ssize_t now = write(fd, (const char *)pool->frames + done, size - done);

		if (now <= 0)
			error = error_errno(now ? errno : ENOSPC, "cannot write " FRAMES);
		else
			done += (size_t)now;
	}
	close(fd);
	return error;
}

/* The recorded addresses, and the file's pages. The caller closes the descriptors, those that are not -1. */
static struct error *open_both(int *ret_pages, int *ret_frames, size_t *ret_count)
{
	struct stat pages, frames;

	*ret_pages = open(PAGES, O_RDWR | O_CLOEXEC);
	*ret_frames = open(FRAMES, O_RDONLY | O_CLOEXEC);
	if (!staged_pages_exist() || *ret_pages < 0 || *ret_frames < 0 || fstat(*ret_pages, &pages) ||
	    fstat(*ret_frames, &frames) || !frames.st_size ||
	    (uint64_t)pages.st_size / PAGE_SIZE_BYTES != (uint64_t)frames.st_size / sizeof(uint32_t))
		return error_new("the memory at " STAGED_PAGES_FOLDER " that waits for the jump is gone, or it was mounted for "
				 "other processes only: load it again");
	*ret_count = (size_t)frames.st_size / sizeof(uint32_t);
	return NULL;
}

static struct error *compare(int pages_fd, int frames_fd, size_t count)
{
	struct page_pool pool = { 0 };
	size_t size = count * sizeof(*pool.frames);
	struct error *error = page_pool_map(&pool, pages_fd, count);

	if (error)
		return error;

	uint32_t *recorded = xcalloc(count, sizeof(*recorded));

	if (read(frames_fd, recorded, size) != (ssize_t)size)
		error = error_new("cannot read " FRAMES);
	for (size_t i = 0; !error && i < count; i++)
		if (recorded[i] != pool.frames[i])
			error = error_new("the kernel moved memory that waits for the jump from 0x%" PRIx64 " to 0x%" PRIx64
					  ": load it again",
					  recorded[i] * (uint64_t)PAGE_SIZE_BYTES, pool.frames[i] * (uint64_t)PAGE_SIZE_BYTES);
	free(recorded);
	page_pool_release(&pool);
	return error;
}

struct error *staged_pages_check(void)
{
	int pages_fd, frames_fd;
	size_t count;
	struct error *error = open_both(&pages_fd, &frames_fd, &count);

	if (!error)
		error = compare(pages_fd, frames_fd, count);
	if (pages_fd >= 0)
		close(pages_fd);
	if (frames_fd >= 0)
		close(frames_fd);
	return error;
}
