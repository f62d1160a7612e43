/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/disks_renew.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return;
	/* Whether it helped is seen by what is found afterwards. */
	fputs(text, file);
	fclose(file);
}

/* Calls `visit` with the path of each entry of a folder below `root`. */
static void each_entry(const char *root, const char *folder, void (*visit)(const char *path))
{
	AUTO_FREE char *path = path_below(root, folder);
	DIR *entries = opendir(path);
	const struct dirent *entry;

	while (entries && (entry = readdir(entries))) {
		if (entry->d_name[0] == '.')
			continue;
		AUTO_FREE char *item = xasprintf("%s/%s", path, entry->d_name);

		visit(item);
	}
	if (entries)
		closedir(entries);
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
		write_text(remove, "1");
}

static void scan_host(const char *host)
{
	AUTO_FREE char *scan = xasprintf("%s/scan", host);

	write_text(scan, "- - -");
}

/* SCSI disks, ATA's included, have this file. */
static void rescan_disk(const char *disk)
{
	AUTO_FREE char *rescan = xasprintf("%s/device/rescan", disk);

	write_text(rescan, "1");
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

void disks_renew(const char *root)
{
	AUTO_FREE char *rescan = path_below(root, "/sys/bus/pci/rescan");

	each_entry(root, "/sys/bus/pci/devices", remove_if_gone);
	write_text(rescan, "1");
	each_entry(root, "/sys/class/scsi_host", scan_host);
	each_entry(root, "/sys/block", rescan_disk);
	if (!strcmp(root, "/"))
		each_entry(root, "/sys/class/block", renew_device);
}
