/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/device_open.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fs.h>

bool device_is_block(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISBLK(status.st_mode);
}

/* A read-only device can be opened for writing, but refuses each write. */
static bool is_read_only(int fd)
{
	int read_only = 0;

	return !ioctl(fd, BLKROGET, &read_only) && read_only;
}

struct error *device_open(const char *path, int access, int file_flags, int *ret_fd)
{
	bool is_block = device_is_block(path);
	int fd = open(path, access | O_CLOEXEC | (is_block ? O_EXCL : file_flags), 0600);

	if (fd < 0 && errno == EBUSY)
		return error_new("%s is in use: it is mounted, or swap, or part of another device", path);
	if (fd < 0)
		return error_errno(errno, "cannot open %s%s", path, access == O_RDONLY ? "" : " for writing");
	if (is_block && access != O_RDONLY && is_read_only(fd)) {
		close(fd);
		return error_new("%s is read-only (blockdev --setrw may change that)", path);
	}
	*ret_fd = fd;
	return NULL;
}
