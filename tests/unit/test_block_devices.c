/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/block_devices.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static void add_disk(const char *folder, const char *name, const char *size, bool has_device)
{
	AUTO_FREE char *disk = xasprintf("%s/%s", folder, name);

	if (mkdir(disk, 0777))
		exit(2);
	free(write_file(disk, "size", (struct bytes){ (const uint8_t *)size, strlen(size) }));
	if (has_device)
		free(write_file(disk, "device", (struct bytes){ 0 }));
}

static void test_count(void)
{
	static const struct {
		const char *name, *size;
		bool has_device;
	} disks[] = {
		{ "sda", "8\n", true }, { "nvme0n1", "2048\n", true }, { "sdb", "0\n", true },
		{ "sr0", "8\n", true }, { "fd0", "8\n", true },	 { "dm-0", "8\n", false },
	};
	char *root = make_folder(), *sys = xasprintf("%s/sys", root), *block = xasprintf("%s/block", sys);

	is_u64(block_devices_count_disks(root), 0, "no sysfs, no disks");
	if (mkdir(sys, 0777) || mkdir(block, 0777))
		exit(2);
	is_u64(block_devices_count_disks(root), 0, "no disks");
	for (size_t i = 0; i < ARRAY_COUNT(disks); i++)
		add_disk(block, disks[i].name, disks[i].size, disks[i].has_device);
	is_u64(block_devices_count_disks(root), 2, "empty slots, removable disks and what stands on a disk do not count");
	for (size_t i = 0; i < ARRAY_COUNT(disks); i++)
		remove_folder(xasprintf("%s/%s", block, disks[i].name));
	remove_folder(block);
	remove_folder(sys);
	remove_folder(root);
}

int main(void)
{
	test_count();
	return tap_done();
}
