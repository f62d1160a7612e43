/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/jump_devices.h"

#include <errno.h>
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"

#define BALLOON_DRIVER "/sys/bus/virtio/drivers/virtio_balloon"

/* What is sent to their adapters is lost when another kernel or the firmware resets these. */
static const char *const scsi_drivers[] = { "vmw_pvscsi", "sym53c8xx" };

static bool is_address(const char *name)
{
	return strchr(name, ':');
}

static bool is_clock(const char *name)
{
	return !strncmp(name, "rtc", strlen("rtc"));
}

static bool tell(const char *root, const char *file, const char *text)
{
	AUTO_FREE char *path = path_below(root, file);

	return write_value(path, text);
}

bool jump_devices_have_balloon(const char *root)
{
	AUTO_FOLDER_NAMES struct folder_names balloons = { 0 };

	folder_names_add(&balloons, root, BALLOON_DRIVER, is_virtio_name);
	return balloons.count;
}

void jump_devices_put_aside(struct jump_devices *devices, const char *root)
{
	folder_names_add(&devices->balloons, root, BALLOON_DRIVER, is_virtio_name);
	for (size_t i = 0; i < devices->balloons.count; i++)
		(void)tell(root, BALLOON_DRIVER "/unbind", devices->balloons.names[i]);
	errno = 0;
}

static void reset_host_of(const char *disk)
{
	AUTO_FREE char *path = xasprintf("/dev/%s", disk);
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), what = SG_SCSI_RESET_HOST;

	if (fd < 0)
		return;
	(void)ioctl(fd, SG_SCSI_RESET, &what);
	close(fd);
}

static bool is_on_adapter(const char *root, const char *disk, const char *adapter)
{
	AUTO_FREE char *below = xasprintf("/sys/block/%s", disk);
	AUTO_FREE char *link = path_below(root, below);
	AUTO_FREE char *path = realpath(link, NULL);
	AUTO_FREE char *part = xasprintf("/%s/host", adapter);

	return path && strstr(path, part);
}

/* An adapter is reset by an ioctl to any of its disks. */
static void reset_scsi_adapters(const char *root, const char *driver)
{
	AUTO_FREE char *folder = xasprintf("/sys/bus/pci/drivers/%s", driver);
	AUTO_FOLDER_NAMES struct folder_names adapters = { 0 }, disks = { 0 };

	folder_names_add(&adapters, root, folder, is_address);
	folder_names_add(&disks, root, "/sys/block", is_visible_name);
	for (size_t i = 0; i < adapters.count; i++) {
		size_t disk = 0;

		while (disk < disks.count && !is_on_adapter(root, disks.names[disk], adapters.names[i]))
			disk++;
		if (disk < disks.count)
			reset_host_of(disks.names[disk]);
	}
}

static bool read_seconds(const char *root, const char *clock, const char *file, long long *ret_seconds)
{
	AUTO_FREE char *path = xasprintf("/sys/class/rtc/%s/%s", clock, file);
	AUTO_FREE char *line = first_line_or_null(root, path);

	return line && sscanf(line, "%lld", ret_seconds) == 1;
}

/* The file is empty without an alarm; a new one is refused while one is set. */
static void ring_late_alarms(const char *root)
{
	AUTO_FOLDER_NAMES struct folder_names clocks = { 0 };
	long long alarm, now;

	folder_names_add(&clocks, root, "/sys/class/rtc", is_clock);
	for (size_t i = 0; i < clocks.count; i++) {
		AUTO_FREE char *file = xasprintf("/sys/class/rtc/%s/wakealarm", clocks.names[i]);

		if (read_seconds(root, clocks.names[i], "wakealarm", &alarm) &&
		    read_seconds(root, clocks.names[i], "since_epoch", &now) && alarm <= now && tell(root, file, "0"))
			(void)tell(root, file, "+1");
	}
}

void jump_devices_take_back(const struct jump_devices *devices, const char *root)
{
	for (size_t i = 0; i < devices->balloons.count; i++)
		(void)tell(root, BALLOON_DRIVER "/bind", devices->balloons.names[i]);
	for (size_t i = 0; i < ARRAY_COUNT(scsi_drivers); i++)
		reset_scsi_adapters(root, scsi_drivers[i]);
	ring_late_alarms(root);
	errno = 0;
}

void jump_devices_deinit(struct jump_devices *devices)
{
	folder_names_deinit(&devices->balloons);
}
