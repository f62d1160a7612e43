/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/file_blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/fiemap.h>
#include <linux/fs.h>

#include "lib/base/alloc.h"
#include "lib/disk/btrfs_chunks.h"
#include "lib/disk/file_kind.h"

/* XFS has files on a second device, by which their blocks are numbered. */
static struct error *check_device(int fd, const char *path, const struct stat *status)
{
	struct fsxattr attributes;

	if (!ioctl(fd, FS_IOC_FSGETXATTR, &attributes) && attributes.fsx_xflags & FS_XFLAG_REALTIME)
		return error_new("%s is on the realtime device of XFS: name a file on the other", path);
	return major(status->st_dev) ? NULL : error_new("%s is on no block device: name a partition", path);
}

/* Why such an extent cannot be written behind the file system's back; NULL: it can. */
static const char *why_unusable(const struct fiemap_extent *extent, uint64_t expected)
{
	if (extent->fe_flags & FIEMAP_EXTENT_SHARED)
		return "has blocks that are those of another file or snapshot, too (on btrfs a subvolume of its own avoids that)";
	if (extent->fe_flags & (FIEMAP_EXTENT_DATA_INLINE | FIEMAP_EXTENT_DATA_TAIL))
		return "is so small that it has no block of its own";
	if (extent->fe_flags & (FIEMAP_EXTENT_ENCODED | FIEMAP_EXTENT_DATA_ENCRYPTED))
		return "is compressed or encrypted by the file system";
	/* f2fs reserves blocks for a file that is not pinned, and shows them at 0. */
	if (extent->fe_flags & (FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC) || !extent->fe_physical)
		return "has blocks without a place yet";
	/* A block that was never written is fine: reading the file shows zeros, and nothing else changes. */
	return extent->fe_logical == expected ? NULL : "has holes";
}

#define MAKE_ONE "it cannot hold a snapshot. \"fallocate -l SIZE FILE\" makes one that can"

#define EXTENTS_AT_ONCE 256u

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

static struct error *read_all_extents(int fd, const char *path, uint64_t size, struct extents *physical)
{
	AUTO_FREE struct fiemap *map = xcalloc(1, sizeof(*map) + EXTENTS_AT_ONCE * sizeof(struct fiemap_extent));
	struct error *error = NULL;
	uint64_t at = 0, before;

	do {
		before = at;
		error = read_extents(fd, path, map, &at, physical);
	} while (!error && at != before && at < size);
	return error || at >= size ? error : error_new("%s has holes: " MAKE_ONE, path);
}

/*
 * Where there is no FIEMAP. A cluster, by which FAT takes blocks, lies in one piece, so one block of each is enough;
 * fstatfs(2) has its size, and FIGETBSZ that of the blocks.
 */
static struct error *read_clusters(int fd, const char *path, uint64_t size, struct extents *physical)
{
	struct statfs system;
	int block_bytes = 0;

	if (fsync(fd) || fstatfs(fd, &system) || ioctl(fd, FIGETBSZ, &block_bytes))
		return error_errno(errno, "cannot find out where the blocks of %s are", path);

	uint64_t cluster = (uint64_t)system.f_bsize;

	if (block_bytes <= 0 || !cluster || cluster % (unsigned int)block_bytes || size / (unsigned int)block_bytes > INT_MAX)
		return error_new("%s has blocks that cannot be numbered: name another place", path);
	for (uint64_t at = 0; at < size; at += cluster) {
		int block = (int)(at / (unsigned int)block_bytes);

		if (ioctl(fd, FIBMAP, &block))
			return error_errno(errno, "the file system of %s does not tell where its blocks are (FIBMAP)", path);
		if (block <= 0)
			return error_new("%s has holes: name a file that does not exist, and \"khibernate setup\" makes it", path);
		extents_add(physical, (struct extent){ (uint64_t)block * (unsigned int)block_bytes, cluster });
	}
	return NULL;
}

static void add_aligned(const struct extents *physical, dev_t device, struct disk_blocks *blocks)
{
	for (size_t i = 0; i < physical->count; i++) {
		const struct extent *extent = &physical->items[i];
		uint64_t start = (extent->offset + EXTENT_ALIGN_BYTES - 1) / EXTENT_ALIGN_BYTES * EXTENT_ALIGN_BYTES;
		uint64_t end = (extent->offset + extent->size_bytes) / EXTENT_ALIGN_BYTES * EXTENT_ALIGN_BYTES;

		if (start < end)
			disk_blocks_add(blocks, device, start, end - start);
	}
}

static struct error *find_in(enum file_kind kind, int fd, const char *path, const struct stat *status,
			     struct disk_blocks *ret_blocks)
{
	AUTO_EXTENTS struct extents physical = { 0 };
	uint64_t size = (uint64_t)status->st_size;
	struct error *error = file_kind_check(kind, fd, path);

	if (!error && kind != FILE_KIND_BTRFS)
		error = check_device(fd, path, status);
	if (error)
		return error;
	error = kind == FILE_KIND_FAT ? read_clusters(fd, path, size, &physical) :
					read_all_extents(fd, path, size, &physical);
	if (!error && kind == FILE_KIND_BTRFS)
		return btrfs_chunks_map("/", fd, path, &physical, ret_blocks);
	if (!error)
		add_aligned(&physical, status->st_dev, ret_blocks);
	return error;
}

struct error *file_blocks_find(const char *path, struct disk_blocks *ret_blocks)
{
	struct stat status;
	enum file_kind kind;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);

	if (fd < 0)
		return error_errno(errno, "cannot open %s", path);

	struct error *error = fstat(fd, &status) || !S_ISREG(status.st_mode) ? error_new("%s is no file", path) : NULL;

	if (!error)
		error = file_kind_find(fd, path, &kind);
	if (!error)
		error = find_in(kind, fd, path, &status, ret_blocks);
	close(fd);
	return error;
}
