/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of the system's files that still mean a device which becomes a khimage. */
#include "hibernate/device_claims.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

/* Any block device will do; heap, NULL if this machine has none. */
static char *find_device(void)
{
	DIR *devices = opendir("/dev");
	const struct dirent *entry;
	char *found = NULL;

	while (devices && !found && (entry = readdir(devices))) {
		AUTO_FREE char *path = xasprintf("/dev/%s", entry->d_name);
		struct stat status;

		if (!lstat(path, &status) && S_ISBLK(status.st_mode))
			found = xstrdup(path);
	}
	if (devices)
		closedir(devices);
	return found;
}

int main(void)
{
	char *root = make_folder();
	AUTO_FREE char *device = find_device();
	AUTO_FREE char *none = device_claims_text(root, "/dev/none");

	is_text(none, "", "no files");
	if (device) {
		AUTO_FREE char *table = xasprintf("# %s\n/dev/other / ext4 defaults 0 1\n  %s none swap sw 0 0\n", device, device);
		AUTO_FREE char *resume = xasprintf("RESUME=\"%s\"\n", device);

		put_file_below(root, "/etc/fstab", table);
		put_file_below(root, "/etc/initramfs-tools/conf.d/resume", resume);
		put_file_below(root, "/etc/initramfs-tools/conf.d/other", "RESUME=/dev/other\nMODULES=dep\n");

		AUTO_FREE char *text = device_claims_text(root, device);
		AUTO_FREE char *wanted = xasprintf("/etc/fstab has the line \"  %s none swap sw 0 0\": remove it, or the boot "
						   "waits for it\n/etc/initramfs-tools/conf.d/resume has the line "
						   "\"RESUME=\"%s\"\": make it RESUME=none, or the initramfs waits for it\n",
						   device, device);

		is_text(text, wanted, "fstab and RESUME=");
	}
	remove_tree(root);
	return tap_done();
}
