/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/jump_devices.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <scsi/sg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"

#define BALLOON_DRIVER "/sys/bus/virtio/drivers/virtio_balloon"

/* What matches the pattern below the folder; none after a failure. */
static void find(glob_t *ret_found, const char *root, const char *pattern)
{
	AUTO_FREE char *path = path_below(root, pattern);

	if (glob(path, 0, NULL, ret_found))
		*ret_found = (glob_t){ 0 };
}

static const char *base_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

static bool tell(const char *root, const char *file, const char *text)
{
	AUTO_FREE char *path = path_below(root, file);

	return write_value(path, text);
}

void jump_devices_put_aside(struct jump_devices *devices, const char *root)
{
	glob_t found;

	find(&found, root, BALLOON_DRIVER "/virtio*");
	devices->balloons = xcalloc(found.gl_pathc + 1, sizeof(*devices->balloons));
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *name = base_name(found.gl_pathv[i]);

		if (tell(root, BALLOON_DRIVER "/unbind", name))
			devices->balloons[devices->count++] = xstrdup(name);
	}
	globfree(&found);
	errno = 0;
}

/* Resets the adapter of a disk by an ioctl to the disk. */
static void reset_host_of(const char *disk)
{
	AUTO_FREE char *path = xasprintf("/dev/%s", disk);
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), what = SG_SCSI_RESET_HOST;

	if (fd < 0)
		return;
	(void)ioctl(fd, SG_SCSI_RESET, &what);
	close(fd);
}

static void reset_scsi_hosts(const char *root)
{
	glob_t hosts, disks;

	find(&hosts, root, "/sys/bus/pci/drivers/vmw_pvscsi/*:*/host*");
	for (size_t i = 0; i < hosts.gl_pathc; i++) {
		find(&disks, hosts.gl_pathv[i], "/target*/*/block/*");
		if (disks.gl_pathc)
			reset_host_of(base_name(disks.gl_pathv[0]));
		globfree(&disks);
	}
	globfree(&hosts);
}

static bool read_seconds(const char *folder, const char *file, long long *ret_seconds)
{
	AUTO_FREE char *line = first_line_or_null(folder, file);

	return line && sscanf(line, "%lld", ret_seconds) == 1;
}

/* The file is empty without an alarm; a new one is refused while one is set. */
static void ring_late_alarms(const char *root)
{
	glob_t clocks;
	long long alarm, now;

	find(&clocks, root, "/sys/class/rtc/rtc*");
	for (size_t i = 0; i < clocks.gl_pathc; i++) {
		const char *clock = clocks.gl_pathv[i];

		if (read_seconds(clock, "/wakealarm", &alarm) && read_seconds(clock, "/since_epoch", &now) && alarm <= now &&
		    tell(clock, "/wakealarm", "0"))
			(void)tell(clock, "/wakealarm", "+1");
	}
	globfree(&clocks);
}

void jump_devices_take_back(const struct jump_devices *devices, const char *root)
{
	for (size_t i = 0; i < devices->count; i++)
		(void)tell(root, BALLOON_DRIVER "/bind", devices->balloons[i]);
	reset_scsi_hosts(root);
	ring_late_alarms(root);
	errno = 0;
}

void jump_devices_deinit(struct jump_devices *devices)
{
	for (size_t i = 0; i < devices->count; i++)
		free(devices->balloons[i]);
	free(devices->balloons);
}
