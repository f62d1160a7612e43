/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/fresh_random.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/random.h>

void fresh_random_mix(const void *data, size_t size)
{
	struct timespec now = { 0 };
	int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	if (write(fd, data, size) < 0 || write(fd, &now, sizeof(now)) < 0 || ioctl(fd, RNDRESEEDCRNG))
		errno = 0;
	close(fd);
}
