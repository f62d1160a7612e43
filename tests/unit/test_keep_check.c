/* SPDX-License-Identifier: GPL-2.0-only */
/* keep=yes: only where what is written after a resume is forgotten by the next one. */
#include "hibernate/keep_check.h"

#include <string.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static const struct {
	const char *line, *refusal; /* NULL: none */
} lines[] = {
	{ "22 1 0:2 / / rw - rootfs rootfs rw", NULL },
	{ "23 22 0:21 / /run rw,nosuid shared:5 - tmpfs tmpfs rw,size=10k", NULL },
	{ "24 22 8:1 / /mnt ro,relatime - ext4 /dev/sda1 ro,errors=continue", NULL },
	{ "25 22 7:0 / /sq ro - squashfs /dev/loop0 ro", NULL },
	{ "26 22 0:30 / / rw - overlay overlay rw,lowerdir=/a,upperdir=/b", NULL },
	{ "27 22 8:1 / /mnt ro,relatime - ext4 /dev/sda1 rw", "/mnt (ext4 on /dev/sda1) is writable" },
	{ "28 22 8:1 /sub /data rw shared:1 master:2 - xfs /dev/sda1 rw,attr2", "/data (xfs on /dev/sda1) is writable" },
	{ "29 22 0:40 / /home rw - nfs4 server:/home rw", "/home (nfs4 on server:/home) is writable" },
	{ "30 22 0:41 / /sys/fs/pstore rw - pstore pstore rw", NULL },
	{ "31 22 0:42 / /run/user/1000/doc rw - fuse.portal portal rw", NULL },
	{ "32 22 0:43 / /home rw - fuse.sshfs server: rw", "/home (fuse.sshfs on server:) is writable" },
	{ "a line that is cut", NULL },
	{ "33 - ext4", "(ext4 on ) is writable" },
};

static void check(const char *root, const char *refusal, const char *name)
{
	struct error *error = keep_check(root);

	if (!ok(refusal ? error && strstr(error_text(error), refusal) : !error, "%s", name))
		diag("%s", error ? error_text(error) : "no error");
	error_free(error);
}

int main(void)
{
	char *root = make_folder();

	put_file_below(root, "/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");
	put_file_below(root, "/proc/1/mountinfo", "1 1 0:2 / / rw - tmpfs tmpfs rw\n");
	for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
		put_file_below(root, "/proc/77/mountinfo", lines[i].line);
		check(root, lines[i].refusal, lines[i].line);
	}
	put_file_below(root, "/proc/77/mountinfo", "");
	put_file_below(root, "/sys/block/zram0/backing_dev", "none\n");
	check(root, NULL, "zram in memory");
	put_file_below(root, "/sys/block/zram1/backing_dev", "/dev/sda3\n");
	check(root, "zram1 writes pages to /dev/sda3", "zram that writes to a disk");
	put_file_below(root, "/sys/block/zram1/backing_dev", "none");
	put_file_below(root, "/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/sda2 partition\t1\t0\t-2\n");
	check(root, "/dev/sda2 is used as swap", "swap");
	remove_tree(root);
	return tap_done();
}
