/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/platform_off.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/suspend_ioctls.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"

/* Without this check the kernel would silently power off in the ordinary way. */
static struct error *check_has_s4(void)
{
	AUTO_FREE char *modes = NULL;
	struct error *error = read_small_file("/", "/sys/power/disk", &modes, NULL);

	if (error)
		return error_prefix(error, "the kernel cannot hibernate by itself");
	if (!strstr(modes, "platform"))
		return error_new("the firmware has no sleep state S4");
	return NULL;
}

struct error *platform_off(void)
{
	struct error *error = check_has_s4();
	int fd;

	if (error)
		return error;
	fd = open("/dev/snapshot", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(errno, "cannot open /dev/snapshot");
	if (ioctl(fd, SNAPSHOT_PLATFORM_SUPPORT, 1) || ioctl(fd, SNAPSHOT_POWER_OFF))
		error = error_errno(errno, "the kernel did not enter the sleep state S4");
	else
		error = error_new("the machine is still on after it entered the sleep state S4");
	close(fd);
	return error;
}
