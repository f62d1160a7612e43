/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/file_blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>

#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "lib/base/text.h"

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342 /* include/uapi/linux/magic.h, newer than some headers */
#endif
#define ZFS_SUPER_MAGIC 0x2fc12fc1 /* OpenZFS, include/sys/zfs_vfsops_os.h */

#define ELSEWHERE "; a file on ext4 or XFS, a partition or a swap area can be used"

/* File systems by statfs(2); `why` NULL: their files can be used. */
static const struct {
	uint32_t magic;
	const char *why;
} kinds[] = {
	{ EXT4_SUPER_MAGIC, NULL },
	{ XFS_SUPER_MAGIC, NULL },
	{ BTRFS_SUPER_MAGIC, "btrfs, which moves blocks and numbers them in its own way" },
	{ F2FS_SUPER_MAGIC, "f2fs, which moves blocks when it cleans up" },
	{ MSDOS_SUPER_MAGIC, "FAT, which cannot tell the blocks" },
	{ TMPFS_MAGIC, "tmpfs, which is memory and gone when the machine is off" },
	{ RAMFS_MAGIC, "ramfs, which is memory and gone when the machine is off" },
	{ OVERLAYFS_SUPER_MAGIC, "an overlay, whose files lie in another file system" },
	{ NFS_SUPER_MAGIC, "NFS, whose blocks are another machine's" },
	{ ZFS_SUPER_MAGIC, "ZFS, which moves blocks at each write" },
};

static struct error *check_kind(int fd, const char *path)
{
	struct statfs system;

	if (fstatfs(fd, &system))
		return error_errno(errno, "cannot find out the file system of %s", path);
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		if ((uint32_t)system.f_type != kinds[i].magic)
			continue;
		return kinds[i].why ? error_new("%s is on %s" ELSEWHERE, path, kinds[i].why) : NULL;
	}
	return error_new("%s is on a file system that is not known to leave blocks in place (type 0x%lx)" ELSEWHERE, path,
			 (unsigned long)system.f_type);
}

/* XFS has files on a second device, by which their blocks are numbered. */
static struct error *check_device(int fd, const char *path, const struct stat *status)
{
	struct fsxattr attributes;

	if (!ioctl(fd, FS_IOC_FSGETXATTR, &attributes) && attributes.fsx_xflags & FS_XFLAG_REALTIME)
		return error_new("%s is on the realtime device of XFS" ELSEWHERE, path);
	return major(status->st_dev) ? NULL : error_new("%s is on no block device" ELSEWHERE, path);
}

/* Why such an extent cannot be written behind the file system's back; NULL: it can. */
static const char *why_unusable(const struct fiemap_extent *extent, uint64_t expected)
{
	if (extent->fe_flags & FIEMAP_EXTENT_SHARED)
		return "has blocks that are those of another file or snapshot, too";
	if (extent->fe_flags & (FIEMAP_EXTENT_DATA_INLINE | FIEMAP_EXTENT_DATA_TAIL))
		return "is so small that it has no block of its own";
	if (extent->fe_flags & (FIEMAP_EXTENT_ENCODED | FIEMAP_EXTENT_DATA_ENCRYPTED))
		return "is compressed or encrypted by the file system";
	if (extent->fe_flags & (FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC))
		return "has blocks without a place yet";
	/* A block that was never written is fine: reading the file shows zeros, and nothing else changes. */
	return extent->fe_logical == expected ? NULL : "has holes";
}

#define MAKE_ONE "it cannot hold a snapshot. \"fallocate -l SIZE FILE\" makes one that can"

#define EXTENTS_AT_ONCE 256u

static void add_aligned(struct extents *blocks, uint64_t offset, uint64_t size)
{
	uint64_t start = (offset + EXTENT_ALIGN_BYTES - 1) / EXTENT_ALIGN_BYTES * EXTENT_ALIGN_BYTES;
	uint64_t end = (offset + size) / EXTENT_ALIGN_BYTES * EXTENT_ALIGN_BYTES;

	if (start < end)
		extents_add(blocks, (struct extent){ start, end - start });
}

/* The next extents from `*at` on, which moves behind them. */
static struct error *read_extents(int fd, const char *path, struct fiemap *map, uint64_t *at, struct extents *physical)
{
	*map = (struct fiemap){ .fm_start = *at, .fm_length = UINT64_MAX - *at, .fm_flags = FIEMAP_FLAG_SYNC,
				.fm_extent_count = EXTENTS_AT_ONCE };
	if (ioctl(fd, FS_IOC_FIEMAP, map))
		return error_errno(errno, "the file system of %s does not tell where its blocks are (FIEMAP)", path);
	for (uint32_t i = 0; i < map->fm_mapped_extents; i++) {
		const struct fiemap_extent *extent = &map->fm_extents[i];
		const char *why = why_unusable(extent, *at);

		if (why)
			return error_new("%s %s: " MAKE_ONE, path, why);
		extents_add(physical, (struct extent){ extent->fe_physical, extent->fe_length });
		*at += extent->fe_length;
	}
	return NULL;
}

static struct error *read_all_extents(int fd, const char *path, uint64_t size, struct extents *ret_blocks)
{
	AUTO_FREE struct fiemap *map = xcalloc(1, sizeof(*map) + EXTENTS_AT_ONCE * sizeof(struct fiemap_extent));
	AUTO_EXTENTS struct extents physical = { 0 };
	struct error *error = NULL;
	uint64_t at = 0, before;

	do {
		before = at;
		error = read_extents(fd, path, map, &at, &physical);
	} while (!error && at != before && at < size);
	if (!error && at < size)
		error = error_new("%s has holes: " MAKE_ONE, path);
	for (size_t i = 0; !error && i < physical.count; i++)
		add_aligned(ret_blocks, physical.items[i].offset, physical.items[i].size_bytes);
	return error;
}

struct error *file_blocks_find(const char *path, struct extents *ret_blocks, dev_t *ret_device)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);

	if (fd < 0)
		return error_errno(errno, "cannot open %s", path);

	struct error *error = fstat(fd, &status) || !S_ISREG(status.st_mode) ? error_new("%s is no file", path) : NULL;

	if (!error)
		error = check_kind(fd, path);
	if (!error)
		error = check_device(fd, path, &status);
	if (!error)
		error = read_all_extents(fd, path, (uint64_t)status.st_size, ret_blocks);
	close(fd);
	if (!error)
		*ret_device = status.st_dev;
	return error;
}

static struct error *make_folder(const char *path)
{
	AUTO_FREE char *copy = xstrdup(path);
	const char *folder = dirname(copy);

	if (mkdir(folder, 0700) && errno != EEXIST)
		return error_errno(errno, "cannot make the folder %s", folder);
	return NULL;
}

static struct error *check_room(int fd, const char *path, uint64_t size, const char *remedy)
{
	struct statvfs system;
	uint64_t room = fstatvfs(fd, &system) ? UINT64_MAX : (uint64_t)system.f_bavail * system.f_frsize;
	AUTO_FREE char *has = size_text(room), *takes = size_text(size);

	if (room > size)
		return NULL;
	return error_new("%s would take %s, and its file system has room for %s: %s", path, takes, has, remedy);
}

/* What fallocate(2) cannot make without writing is refused: written blocks would be the same, and take minutes. */
static struct error *allocate(int fd, const char *path, uint64_t size)
{
	struct error *error = check_kind(fd, path);

	if (!error)
		error = check_room(fd, path, size, "make a smaller one there (fallocate -l SIZE FILE) or name another place");
	if (error)
		return error;
	if (fallocate(fd, 0, 0, (off_t)size) || fsync(fd))
		return error_errno(errno, "cannot allocate %s", path);
	return NULL;
}

struct error *file_blocks_make(const char *path, uint64_t size_bytes)
{
	struct error *error = make_folder(path);
	int fd = error ? -1 : open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (error)
		return error;
	if (fd < 0)
		return error_errno(errno, "cannot make %s", path);
	error = allocate(fd, path, size_bytes);
	if (error)
		unlink(path);
	close(fd);
	/* Its blocks and its name must be on the disk before anything is written to them. */
	if (!error)
		sync();
	return error;
}

/* Of a file that is open for reading; false if the file system has no such attribute. */
static bool set_immutable(int fd, bool immutable)
{
	int flags = 0;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
		return false;
	flags = immutable ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
	return !ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

bool file_blocks_protect(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	bool done = fd >= 0 && set_immutable(fd, true);

	if (fd >= 0)
		close(fd);
	return done;
}

static struct error *resize(int fd, const char *path, uint64_t size)
{
	struct stat status;
	uint64_t now = fstat(fd, &status) ? 0 : (uint64_t)status.st_size;
	struct error *error = size <= now ? NULL : check_room(fd, path, size - now, "free as much, or set space=always");

	if (error)
		return error;
	if (size > now ? fallocate(fd, 0, 0, (off_t)size) : ftruncate(fd, (off_t)size))
		error = error_errno(errno, "cannot give %s another size", path);
	/* What fallocate(2) had allocated before it failed. */
	if (error && ftruncate(fd, (off_t)now))
		error = error_prefix(error, "it is left larger");
	if (!error && fsync(fd))
		error = error_errno(errno, "cannot flush %s", path);
	return error;
}

struct error *file_blocks_resize(const char *path, uint64_t size_bytes)
{
	int shared = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	bool was_protected = shared >= 0 && set_immutable(shared, false);
	int fd = shared < 0 ? -1 : open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	struct error *error = fd < 0 ? error_errno(errno, "cannot open %s for writing", path) : resize(fd, path, size_bytes);

	if (was_protected)
		set_immutable(shared, true);
	if (shared >= 0)
		close(shared);
	if (fd >= 0)
		close(fd);
	/* Its blocks must be its own on the disk, too, before anything is written to them. */
	if (!error)
		sync();
	return error;
}
