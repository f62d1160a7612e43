/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices that are used without being held: below a loop, and open in a program. */
#include "lib/disk/devices_in_use.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tests/unit/fixtures.h"
#include "lib/base/alloc.h"
#include "tests/tap.h"

/* A device of the machine that runs the test: nothing is read from it, so that it need not work. */
static char *any_device(const char *folder)
{
	char *path = xasprintf("%s/device", folder);

	if (mknod(path, S_IFBLK | 0600, 0x0700)) {
		free(path);
		return NULL;
	}
	return path;
}

static char *folder_in(const char *parent, const char *name)
{
	char *path = xasprintf("%s/%s", parent, name);

	if (mkdir(path, 0777))
		exit(2);
	return path;
}

static void test_loop(const char *root, const char *device)
{
	AUTO_DEVICE_SET struct device_set set = { 0 };
	AUTO_FREE char *sys = folder_in(root, "sys"), *block = folder_in(sys, "block"), *disk = folder_in(block, "loop0");
	AUTO_FREE char *loop = folder_in(disk, "loop"), *line = xasprintf("%s\n", device);

	free(write_file(loop, "backing_file", (struct bytes){ (const uint8_t *)line, strlen(line) }));
	device_set_find(&set, root);
	is_u64(set.count, 1, "the device below a loop is used");
	ok(set.count && set.items[0] == 0x0700, "it is that one");
}

static void open_in_process(const char *root, const char *device, const char *flags, long number, size_t wanted,
			    const char *name)
{
	AUTO_DEVICE_SET struct device_set set = { 0 };
	AUTO_FREE char *proc = folder_in(root, "proc"), *digits = xasprintf("%ld", number);
	AUTO_FREE char *process = folder_in(proc, digits), *fd = folder_in(process, "fd");
	AUTO_FREE char *info = folder_in(process, "fdinfo"), *line = xasprintf("pos:\t0\nflags:\t%s\nmnt_id:\t9\n", flags);
	AUTO_FREE char *target = xasprintf("/dev/..%s", device), *link = xasprintf("%s/3", fd);
	AUTO_FREE char *remove = xasprintf("rm -rf '%s'", proc);

	free(write_file(info, "3", (struct bytes){ (const uint8_t *)line, strlen(line) }));
	if (symlink(target, link))
		exit(2);
	device_set_find(&set, root);
	is_u64(set.count, wanted, "%s", name);
	if (system(remove))
		exit(2);
}

/* In sysfs a partition is in its disk's folder, and /sys/dev/block has links: here the folders themselves. */
static void test_partition(void)
{
	char *root = make_folder();
	dev_t disk = makedev(8, 0);
	const struct device_set set = { .items = &disk, .count = 1 };
	AUTO_FREE char *remove = xasprintf("rm -rf '%s'", root);
	AUTO_FREE char *make = xasprintf("mkdir -p '%s/sys/dev/block/8:1' '%s/sys/dev/block/8:17' && cd '%s/sys/dev/block' && "
					 "echo 1 >8:1/partition && echo 8:0 >dev", root, root, root);

	if (system(make))
		exit(2);
	ok(device_set_has(&set, root, makedev(8, 0)), "a disk that is open as a whole is used");
	ok(device_set_has(&set, root, makedev(8, 1)), "so is its partition");
	ok(!device_set_has(&set, root, makedev(8, 17)), "another device is not");
	free(root);
	if (system(remove))
		exit(2);
}

int main(void)
{
	char *root = make_folder();
	AUTO_FREE char *device = any_device(root);

	if (!device) {
		diag("device files cannot be made here");
		ok(true, "# SKIP no device files");
	} else {
		open_in_process(root, device, "0100002", 77, 1, "a device that a program writes to is used");
		open_in_process(root, device, "0100000", 77, 0, "one that is only read is not");
		open_in_process(root, device, "0100002", getpid(), 0, "nor one that only this program writes to");
		test_loop(root, device);
	}
	test_partition();
	AUTO_FREE char *remove = xasprintf("rm -rf '%s'", root);
	free(root);
	return system(remove) ? 2 : tap_done();
}
