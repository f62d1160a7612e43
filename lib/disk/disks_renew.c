/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/disks_renew.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"

/* Calls `visit` with the path of each entry of a folder below `root`. */
static void each_entry(const char *root, const char *folder, void (*visit)(const char *path))
{
	AUTO_FREE char *path = path_below(root, folder);
	AUTO_FOLDER_NAMES struct folder_names entries = { 0 };

	folder_names_add(&entries, root, folder, is_visible_name);
	for (size_t i = 0; i < entries.count; i++) {
		AUTO_FREE char *item = xasprintf("%s/%s", path, entries.names[i]);

		visit(item);
	}
}

/* Reads of a device that is gone give all ones (PCI local bus specification, vendor id). */
static void remove_if_gone(const char *device)
{
	AUTO_FREE char *config = xasprintf("%s/config", device);
	AUTO_FREE char *remove = xasprintf("%s/remove", device);
	unsigned char vendor[2] = { 0 };
	int fd = open(config, O_RDONLY | O_CLOEXEC);
	bool is_gone = fd >= 0 && read(fd, vendor, sizeof(vendor)) == sizeof(vendor) && vendor[0] == 0xff &&
		       vendor[1] == 0xff;

	if (fd >= 0)
		close(fd);
	if (is_gone)
		write_value(remove, "1");
}

static void scan_host(const char *host)
{
	AUTO_FREE char *scan = xasprintf("%s/scan", host);

	write_value(scan, "- - -");
}

/* SCSI disks, ATA's included, have this file. */
static void rescan_disk(const char *disk)
{
	AUTO_FREE char *rescan = xasprintf("%s/device/rescan", disk);

	write_value(rescan, "1");
}

static void renew_device(const char *entry)
{
	AUTO_FREE char *path = xasprintf("/dev/%s", strrchr(entry, '/') + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	ioctl(fd, BLKFLSBUF);
	/* Refused for partitions, and for disks that are in use. */
	ioctl(fd, BLKRRPART);
	close(fd);
}

/* Whether it helped is seen by what is found afterwards. */
void disks_renew(const char *root)
{
	AUTO_FREE char *rescan = path_below(root, "/sys/bus/pci/rescan");

	each_entry(root, "/sys/bus/pci/devices", remove_if_gone);
	write_value(rescan, "1");
	each_entry(root, "/sys/class/scsi_host", scan_host);
	each_entry(root, "/sys/block", rescan_disk);
	if (!strcmp(root, "/"))
		each_entry(root, "/sys/class/block", renew_device);
}
