/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Preloaded into a program, it makes it take some files for block devices.
 *
 *   PRELOAD_BLOCK=FOLDER      the regular files in it
 *   PRELOAD_BLOCK_READ_ONLY=1 they can be read only
 *   PRELOAD_BLOCK_USED=FILE   this one is in use: opening it exclusively fails
 *   PRELOAD_KEXEC_LOG=FILE    gets "reset FILE" when the SCSI adapter of one is reset
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <scsi/sg.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tests/tools/preload_machine.h"

static bool is_device(const char *path)
{
	const char *folder = getenv("PRELOAD_BLOCK");
	size_t length = folder ? strlen(folder) : 0;
	char here[4096];

	/* A name in the current folder. */
	if (!strchr(path, '/'))
		return folder && getcwd(here, sizeof(here)) && !strcmp(here, folder);
	return folder && !strncmp(path, folder, length) && path[length] == '/';
}

/* By the name that the kernel has for it. */
static void name_of(int fd, char path[4096])
{
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, 4095);

	path[length > 0 ? length : 0] = '\0';
}

static bool is_open_device(int fd)
{
	char path[4096];

	name_of(fd, path);
	return is_device(path);
}

static int changed(int result, bool device, mode_t *mode, dev_t *rdev, ino_t number)
{
	if (result || !device || !S_ISREG(*mode))
		return result;
	*mode = (*mode & ~(mode_t)S_IFMT) | S_IFBLK;
	*rdev = makedev(259, (unsigned int)number & 0xfffff);
	return 0;
}

/* The call comes first: it fills in the number of the file. */
int stat(const char *restrict path, struct stat *restrict status)
{
	int result = NEXT(stat)(path, status);

	return changed(result, is_device(path), &status->st_mode, &status->st_rdev, status->st_ino);
}

int stat64(const char *restrict path, struct stat64 *restrict status)
{
	int result = NEXT(stat64)(path, status);

	return changed(result, is_device(path), &status->st_mode, &status->st_rdev, (ino_t)status->st_ino);
}

int fstat(int fd, struct stat *status)
{
	int result = NEXT(fstat)(fd, status);

	return changed(result, is_open_device(fd), &status->st_mode, &status->st_rdev, status->st_ino);
}

int fstat64(int fd, struct stat64 *status)
{
	int result = NEXT(fstat64)(fd, status);

	return changed(result, is_open_device(fd), &status->st_mode, &status->st_rdev, (ino_t)status->st_ino);
}

static bool is_used(const char *path, int flags)
{
	const char *used = getenv("PRELOAD_BLOCK_USED");

	errno = EBUSY;
	return used && flags & O_EXCL && !strcmp(path, used);
}

/* The mode is there with O_CREAT and O_TMPFILE only; it does no harm to read it always. */
int open(const char *path, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	int fd = is_used(path, flags) ? -1 : NEXT(open)(path, flags, va_arg(args, mode_t));
	va_end(args);
	return fd;
}

int open64(const char *path, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	int fd = is_used(path, flags) ? -1 : NEXT(open64)(path, flags, va_arg(args, mode_t));
	va_end(args);
	return fd;
}

static void note_reset(int fd)
{
	char path[4096];

	name_of(fd, path);
	note("reset %s\n", path);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	struct stat status;

	va_start(args, request);
	void *argument = va_arg(args, void *);
	va_end(args);
	if ((request != BLKGETSIZE64 && request != BLKROGET && request != BLKFLSBUF && request != SG_SCSI_RESET) ||
	    !is_open_device(fd))
		return NEXT(ioctl)(fd, request, argument);
	if (request == BLKGETSIZE64 && !NEXT(fstat)(fd, &status))
		*(uint64_t *)argument = (uint64_t)status.st_size;
	if (request == SG_SCSI_RESET && *(const int *)argument == SG_SCSI_RESET_HOST)
		note_reset(fd);
	if (request == BLKROGET)
		*(int *)argument = getenv("PRELOAD_BLOCK_READ_ONLY") != NULL;
	return 0;
}
