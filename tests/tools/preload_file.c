/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Preloaded into a program, it makes a file one on ext4, of which the blocks are on a file that stands in for a disk, and
 * records when its size changes, and when that is flushed (tests/cli/on-demand-cut.t).
 *
 *   PRELOAD_FILE=FILE           its first 2 MiB are at 1 MiB of the disk, the rest from 8 MiB on
 *   PRELOAD_FILE_DEVICE=M:N     the disk's number
 *   PRELOAD_DISK_LOG=FILE       as of preload_disk.c; kinds: 3 the file's new size, 5 a flush of it
 *
 * The machine has 8 MiB of memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "tests/tools/preload_machine.h"

#define MIB (UINT64_C(1) << 20)
#define PIECE_BYTES (2 * MIB)

enum kind { KIND_SIZE = 3, KIND_FILE_FLUSH = 5 };

/* By the name that the kernel has for it. */
static bool is_file(int fd)
{
	const char *file = getenv("PRELOAD_FILE");
	char link[64], path[4096];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof(path) - 1);

	path[length > 0 ? length : 0] = '\0';
	return file && !strcmp(path, file);
}

static void record(enum kind kind, uint64_t offset)
{
	uint64_t head[3] = { kind, 0, offset };
	const char *path = getenv("PRELOAD_DISK_LOG");
	int log = path ? NEXT(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;

	if (log < 0)
		return;
	if (write(log, head, sizeof(head)) != sizeof(head))
		abort();
	close(log);
}

static int on_disk(int result, bool file, dev_t *device)
{
	const char *text = getenv("PRELOAD_FILE_DEVICE");
	unsigned int numbers[2];

	if (!result && file && text && sscanf(text, "%u:%u", &numbers[0], &numbers[1]) == 2)
		*device = makedev(numbers[0], numbers[1]);
	return result;
}

int fstat(int fd, struct stat *status)
{
	int result = NEXT(fstat)(fd, status);

	return on_disk(result, is_file(fd), &status->st_dev);
}

int fstat64(int fd, struct stat64 *status)
{
	int result = NEXT(fstat64)(fd, status);

	return on_disk(result, is_file(fd), &status->st_dev);
}

int fstatfs(int fd, struct statfs *system)
{
	int result = NEXT(fstatfs)(fd, system);

	system->f_type = is_file(fd) ? EXT4_SUPER_MAGIC : system->f_type;
	return result;
}

int fstatfs64(int fd, struct statfs64 *system)
{
	int result = NEXT(fstatfs64)(fd, system);

	system->f_type = is_file(fd) ? EXT4_SUPER_MAGIC : system->f_type;
	return result;
}

/* The page cache of the disk is not of interest, and all else of this machine least. */
void sync(void)
{
}

long sysconf(int name)
{
	return name == _SC_PHYS_PAGES ? (long)(8 * MIB) / NEXT(sysconf)(_SC_PAGESIZE) : NEXT(sysconf)(name);
}

static int resize(int fd, uint64_t size, bool grows)
{
	struct stat64 status;

	if (NEXT(fstat64)(fd, &status) || (grows && (uint64_t)status.st_size >= size))
		return 0;
	record(KIND_SIZE, size);
	return NEXT(ftruncate64)(fd, (off64_t)size);
}

int ftruncate(int fd, off_t size)
{
	return is_file(fd) ? resize(fd, (uint64_t)size, false) : NEXT(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size)
{
	return is_file(fd) ? resize(fd, (uint64_t)size, false) : NEXT(ftruncate64)(fd, size);
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
	return is_file(fd) ? resize(fd, (uint64_t)offset + (uint64_t)length, true) :
			     NEXT(fallocate)(fd, mode, offset, length);
}

int fallocate64(int fd, int mode, off64_t offset, off64_t length)
{
	return is_file(fd) ? resize(fd, (uint64_t)offset + (uint64_t)length, true) :
			     NEXT(fallocate64)(fd, mode, offset, length);
}

int fsync(int fd)
{
	if (is_file(fd))
		record(KIND_FILE_FLUSH, 0);
	return NEXT(fsync)(fd);
}

static void add(struct fiemap *map, uint64_t logical, uint64_t physical, uint64_t size)
{
	if (logical >= map->fm_start)
		map->fm_extents[map->fm_mapped_extents++] =
			(struct fiemap_extent){ .fe_logical = logical, .fe_physical = physical, .fe_length = size };
}

static int find_blocks(int fd, struct fiemap *map)
{
	struct stat64 status;

	if (NEXT(fstat64)(fd, &status))
		return -1;

	uint64_t size = (uint64_t)status.st_size;

	map->fm_mapped_extents = 0;
	add(map, 0, MIB, size < PIECE_BYTES ? size : PIECE_BYTES);
	if (size > PIECE_BYTES)
		add(map, PIECE_BYTES, 8 * MIB, size - PIECE_BYTES);
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;

	va_start(args, request);
	void *argument = va_arg(args, void *);
	va_end(args);
	if (!is_file(fd))
		return NEXT(ioctl)(fd, request, argument);
	if (request == FS_IOC_FIEMAP)
		return find_blocks(fd, argument);
	if (request == FS_IOC_GETFLAGS || request == FS_IOC_SETFLAGS)
		return 0;
	errno = ENOTTY;
	return -1;
}
