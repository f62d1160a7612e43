/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/file_kind.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include <linux/f2fs.h>
#include <linux/fs.h>
#include <linux/magic.h>

#include "lib/base/alloc.h"
#include "lib/base/text.h"

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342 /* include/uapi/linux/magic.h, newer than some headers */
#endif
#define ZFS_SUPER_MAGIC 0x2fc12fc1 /* OpenZFS, include/sys/zfs_vfsops_os.h */

#define ELSEWHERE "; a file on ext4, XFS, btrfs, f2fs or FAT, a partition or a swap area can be used"

#define LET_SETUP_MAKE_IT "remove it, and \"khibernate setup\" makes one that can"

/* File systems by statfs(2); `why` NULL: their files can be used. */
static const struct {
	uint32_t magic;
	enum file_kind kind;
	const char *why;
} kinds[] = {
	{ EXT4_SUPER_MAGIC, FILE_KIND_PLAIN, NULL },
	{ XFS_SUPER_MAGIC, FILE_KIND_PLAIN, NULL },
	{ BTRFS_SUPER_MAGIC, FILE_KIND_BTRFS, NULL },
	{ F2FS_SUPER_MAGIC, FILE_KIND_F2FS, NULL },
	{ MSDOS_SUPER_MAGIC, FILE_KIND_FAT, NULL },
	{ TMPFS_MAGIC, 0, "tmpfs, which is memory and gone when the machine is off" },
	{ RAMFS_MAGIC, 0, "ramfs, which is memory and gone when the machine is off" },
	{ OVERLAYFS_SUPER_MAGIC, 0, "an overlay, whose files lie in another file system" },
	{ NFS_SUPER_MAGIC, 0, "NFS, whose blocks are another machine's" },
	{ ZFS_SUPER_MAGIC, 0, "ZFS, which moves blocks at each write" },
};

struct error *file_kind_find(int fd, const char *path, enum file_kind *ret_kind)
{
	struct statfs system;

	if (fstatfs(fd, &system))
		return error_errno(errno, "cannot find out the file system of %s", path);
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		if ((uint32_t)system.f_type != kinds[i].magic)
			continue;
		*ret_kind = kinds[i].kind;
		return kinds[i].why ? error_new("%s is on %s" ELSEWHERE, path, kinds[i].why) : NULL;
	}
	return error_new("%s is on a file system that is not known to leave blocks in place (type 0x%lx)" ELSEWHERE, path,
			 (unsigned long)system.f_type);
}

/* A file that is pinned already stays so. Of one mounted read-only nothing moves. */
static struct error *pin(int fd, const char *path)
{
	uint32_t on = 1;

	if (ioctl(fd, F2FS_IOC_SET_PIN_FILE, &on) >= 0 || errno == EROFS)
		return NULL;
	if (errno == EAGAIN)
		return error_new("f2fs has found %s in its way so often that it moves its blocks: " LET_SETUP_MAKE_IT, path);
	if (errno == EFBIG)
		return error_new("%s is on f2fs and not pinned, so its blocks move: " LET_SETUP_MAKE_IT, path);
	return error_errno(errno, "f2fs cannot pin %s, so its blocks would move" ELSEWHERE, path);
}

/* btrfs takes the flag of an empty file only. */
static struct error *avoid_copies(int fd, const char *path)
{
	int flags = 0;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
		return error_errno(errno, "cannot read the attributes of %s", path);
	flags = (flags & ~FS_COMPR_FL) | FS_NOCOW_FL;
	if (ioctl(fd, FS_IOC_SETFLAGS, &flags))
		return error_errno(errno, "btrfs cannot write %s in place (chattr +C)" ELSEWHERE, path);
	return NULL;
}

static struct error *check_without_copies(int fd, const char *path)
{
	int flags = 0;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
		return error_errno(errno, "cannot read the attributes of %s", path);
	if (flags & FS_NOCOW_FL)
		return NULL;
	return error_new("%s is on btrfs, and a write to it takes new blocks: " LET_SETUP_MAKE_IT
			 " (by hand: \"touch FILE\", \"chattr +C FILE\", \"fallocate -l SIZE FILE\")", path);
}

struct error *file_kind_keep(enum file_kind kind, int fd, const char *path)
{
	if (kind == FILE_KIND_F2FS)
		return pin(fd, path);
	return kind == FILE_KIND_BTRFS ? avoid_copies(fd, path) : NULL;
}

struct error *file_kind_check(enum file_kind kind, int fd, const char *path)
{
	if (kind == FILE_KIND_F2FS)
		return pin(fd, path);
	return kind == FILE_KIND_BTRFS ? check_without_copies(fd, path) : NULL;
}
