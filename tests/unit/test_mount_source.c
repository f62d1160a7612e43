/* SPDX-License-Identifier: GPL-2.0-only */
/* Which device a mount is of, by texts as the kernel writes them. */
#include "lib/disk/mount_source.h"

#include <sys/sysmacros.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static const char mountinfo[] =
	"22 27 0:21 / /proc rw,relatime - proc proc rw\n"
	"27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
	"31 27 0:33 /home /mnt/a\\040-\\040b rw,relatime shared:7 master:2 - btrfs /dev/vdb1 rw,subvol=/home\n"
	"310 27 0:34 / /mnt/c rw - btrfs /dev/mapper/my\\040disk\\134x rw,ssd\n"
	"32 27 0:35 / /mnt/d rw - btrfs2 /dev/vdc rw\n"
	"33 27 0:36 / /mnt/e rw - tmpfs /dev/vda rw\n"
	"34 27 0:37 / /mnt/f rw - btrfs\n"
	"35 27 0:38 / /mnt/g rw\n"
	"36 27 0:39 / /mnt/h rw - btrfs /dev/last";

static void source_is(uint64_t id, const char *wanted, const char *name)
{
	AUTO_FREE char *source = mount_source_parse(mountinfo, id, "btrfs");

	is_text(source, wanted, "%s", name);
}

static void test_sources(void)
{
	source_is(31, "/dev/vdb1", "a btrfs names its device, with fields of its own before");
	source_is(310, "/dev/mapper/my disk\\x", "blanks and backslashes are as they were");
	source_is(27, NULL, "another type is not asked for");
	source_is(33, NULL, "a tmpfs may be called as a device");
	source_is(32, NULL, "a type that only begins so is another");
	source_is(3, NULL, "a number that only begins so is another");
	source_is(34, NULL, "a line without a source");
	source_is(35, NULL, "a line that ends before the type");
	source_is(36, "/dev/last", "a line that ends with the source");
	source_is(99, NULL, "a mount that is not there");
}

static void point_is(unsigned int major_number, unsigned int minor_number, const char *wanted, const char *name)
{
	AUTO_FREE char *point = mount_point_parse(mountinfo, makedev(major_number, minor_number));

	is_text(point, wanted, "%s", name);
}

static void test_points(void)
{
	point_is(254, 0, "/", "where a device is mounted");
	point_is(0, 33, "/mnt/a - b", "blanks in a mount point are as they were");
	point_is(0, 38, NULL, "a line without a type has none");
	point_is(254, 1, NULL, "another device is not mounted");
	point_is(25, 40, NULL, "a number is compared as a whole");
}

static void test_ids(void)
{
	uint64_t id = 7;

	ok(mount_source_parse_id("pos:\t0\nflags:\t012100000\nmnt_id:\t310\nino:\t2\n", &id) && id == 310,
	   "the mount's number");
	ok(!mount_source_parse_id("pos:\t0\nflags:\t02\n", &id) && id == 310, "old kernels do not tell it");
	ok(!mount_source_parse_id("mnt_id:\n", &id) && !mount_source_parse_id("", &id), "nothing is no number");
}

/* Whatever this runs on: proc is on no device. */
static void test_live(void)
{
	is_u64(mount_source_device("/proc/self"), 0, "proc is no btrfs");
	is_u64(mount_source_device("/no/such/file"), 0, "and neither is what is not there");
}

/* Cut off anywhere, in memory of just that size. */
static void test_cut(void)
{
	for (size_t size = 0; size < sizeof(mountinfo); size++) {
		AUTO_FREE char *text = xstrndup(mountinfo, size);

		free(mount_source_parse(text, 310, "btrfs"));
		free(mount_point_parse(text, makedev(0, 39)));
	}
	ok(true, "texts that are cut off do no harm");
}

int main(void)
{
	test_sources();
	test_points();
	test_ids();
	test_live();
	test_cut();
	return tap_done();
}
