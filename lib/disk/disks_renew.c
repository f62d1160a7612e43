/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/disks_renew.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/parallel.h"

#define HOSTS_AT_ONCE 16

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

struct hosts {
	char *folder;
	struct folder_names names;
};

static struct error *scan_host(void *context, size_t worker, size_t index)
{
	const struct hosts *hosts = context;
	AUTO_FREE char *scan = xasprintf("%s/%s/scan", hosts->folder, hosts->names.names[index]);

	(void)worker;
	write_value(scan, "- - -");
	return NULL;
}

/* At once: the kernel scans while that is written, and waits for the reset of each port of ATA. */
static void scan_hosts(const char *root)
{
	static const char folder[] = "/sys/class/scsi_host";
	struct hosts hosts = { .folder = path_below(root, folder) };

	folder_names_add(&hosts.names, root, folder, is_visible_name);
	error_free(parallel_each(hosts.names.count, hosts.names.count < HOSTS_AT_ONCE ? hosts.names.count : HOSTS_AT_ONCE,
				 scan_host, &hosts));
	folder_names_deinit(&hosts.names);
	free(hosts.folder);
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
	scan_hosts(root);
	each_entry(root, "/sys/block", rescan_disk);
	if (!strcmp(root, "/"))
		each_entry(root, "/sys/class/block", renew_device);
}
