/* SPDX-License-Identifier: GPL-2.0-only */
/* What a kernel that slept is asked to do about its disks. */
#include "lib/disk/disks_renew.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static void make_folders(const char *root, const char *path)
{
	AUTO_FREE char *whole = xasprintf("%s%s/", root, path);

	for (char *at = whole + strlen(root) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(whole, 0755);
		*at = '/';
	}
}

static void put_file(const char *root, const char *folder, const char *name, const void *content, size_t size)
{
	AUTO_FREE char *path = xasprintf("%s%s", root, folder);

	make_folders(root, folder);
	free(write_file(path, name, (struct bytes){ content, size }));
}

static void is_content(const char *root, const char *path, const char *wanted, const char *what)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, path, &text, NULL);

	error_free(error);
	is_text(text ? text : "none", wanted, "%s", what);
}

int main(void)
{
	char *root = make_folder();
	const uint8_t gone[] = { 0xff, 0xff, 0xff, 0xff }, there[] = { 0xf4, 0x1a, 0xff, 0xff };

	put_file(root, "/sys/bus/pci", "rescan", "", 0);
	put_file(root, "/sys/bus/pci/devices/0000:00:03.0", "config", gone, sizeof(gone));
	put_file(root, "/sys/bus/pci/devices/0000:00:03.0", "remove", "", 0);
	put_file(root, "/sys/bus/pci/devices/0000:00:04.0", "config", there, sizeof(there));
	put_file(root, "/sys/bus/pci/devices/0000:00:04.0", "remove", "", 0);
	put_file(root, "/sys/class/scsi_host/host0", "scan", "", 0);
	put_file(root, "/sys/block/sda/device", "rescan", "", 0);
	make_folders(root, "/sys/block/vda");
	disks_renew(root);
	is_content(root, "/sys/bus/pci/devices/0000:00:03.0/remove", "1", "a device that does not answer is removed");
	is_content(root, "/sys/bus/pci/devices/0000:00:04.0/remove", "", "one that does is not");
	is_content(root, "/sys/bus/pci/rescan", "1", "new ones are looked for");
	is_content(root, "/sys/class/scsi_host/host0/scan", "- - -", "and new SCSI disks");
	is_content(root, "/sys/block/sda/device/rescan", "1", "a disk's size is read again");

	AUTO_FREE char *command = xasprintf("rm -rf '%s/sys'", root);

	ok(!system(command), "the folder is removed");
	remove_folder(root);
	return tap_done();
}
