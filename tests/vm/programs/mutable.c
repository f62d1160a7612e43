/* SPDX-License-Identifier: GPL-2.0-only */
/* usage: mutable FILE: as chattr -i, which busybox does not have. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1, flags;

	if (fd < 0 || ioctl(fd, FS_IOC_GETFLAGS, &flags)) {
		perror("mutable");
		return 1;
	}
	flags &= ~FS_IMMUTABLE_FL;
	if (ioctl(fd, FS_IOC_SETFLAGS, &flags)) {
		perror("mutable");
		return 1;
	}
	close(fd);
	return 0;
}
