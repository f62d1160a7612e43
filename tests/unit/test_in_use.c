/* SPDX-License-Identifier: GPL-2.0-only */
/* Which mounts a resume must not leave behind, whatever their source is called. */
#include "hibernate/in_use.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define VIEWS "proc /proc proc rw 0 0\nrootfs / rootfs rw 0 0\ndevtmpfs /dev devtmpfs rw 0 0\ntmpfs /run tmpfs rw 0 0\n"

static void test_types(void)
{
	static const char *const mounts[][2] = {
		{ VIEWS, NULL },
		{ "", NULL },
		{ VIEWS "/dev/sda1 / ext4 ro 0 0\n", "/dev/sda1 on /" },
		{ VIEWS "tank/root /mnt zfs rw 0 0\n", "tank/root on /mnt" },
		{ VIEWS "overlay /merged overlay rw,upperdir=/u 0 0\n", "overlay on /merged" },
		{ VIEWS "server:/home /home nfs4 rw 0 0\n", "server:/home on /home" },
		{ VIEWS "none /mnt something_new rw 0 0\n", "none on /mnt" },
		{ "a line that is cut", NULL },
	};

	for (size_t i = 0; i < ARRAY_COUNT(mounts) - 1; i++) {
		AUTO_FREE char *found = in_use_mount(mounts[i][0]);

		is_text(found ? found : "nothing", mounts[i][1] ? mounts[i][1] : "nothing", "mount table %zu", i);
	}
}

static void refuses(const char *root, const char *refusal, const char *when)
{
	struct error *error = in_use_check(root);

	if (!ok(refusal ? error && strstr(error_text(error), refusal) : !error, "%s", when))
		diag("%s", error ? error_text(error) : "no error");
	error_free(error);
}

static void swaps_to(const char *root, const char *disk, const char *when)
{
	AUTO_FREE char *found = in_use_swap(root);

	is_text(found ? found : "nothing", disk ? disk : "nothing", "%s", when);
}

static void test_machine(void)
{
	char *root = make_folder();

	put_file_below(root, "/proc/self/mounts", VIEWS);
	put_file_below(root, "/proc/77/mounts", VIEWS);
	put_file_below(root, "/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");
	refuses(root, NULL, "nothing is in use");
	put_file_below(root, "/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/zram0 partition\t1\t0\t-2\n");
	refuses(root, "/dev/zram0 is used as swap", "swap");
	swaps_to(root, NULL, "swap in memory is on no disk");
	put_file_below(root, "/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/zram0 partition\t1\t0\t-2\n"
					    "/dev/sda2 partition\t1\t0\t-3\n");
	swaps_to(root, "/dev/sda2", "swap behind it is");
	put_file_below(root, "/proc/77/mounts", VIEWS "tank /data zfs rw 0 0\n");
	refuses(root, "tank on /data is mounted", "another program's namespace has a mount");
	put_file_below(root, "/proc/self/mounts", VIEWS "/dev/sda1 / ext4 rw 0 0\n");
	refuses(root, "/dev/sda1 on / is mounted. If the saved system", "one's own comes first");
	remove_tree(root);
}

int main(void)
{
	test_types();
	test_machine();
	return tap_done();
}
