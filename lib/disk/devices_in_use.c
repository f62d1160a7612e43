/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/devices_in_use.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/device_stack.h"
#include "lib/disk/stacked_filesystem.h"

void device_set_deinit(struct device_set *set)
{
	free(set->items);
	*set = (struct device_set){ 0 };
}

static void add_device(struct device_set *set, const char *path)
{
	struct stat status;

	if (stat(path, &status) || !S_ISBLK(status.st_mode))
		return;
	set->items = xgrow(set->items, &set->capacity, set->count + 1, sizeof(*set->items));
	set->items[set->count++] = status.st_rdev;
}

/* ---- loop devices ------------------------------------------------------------ */

static bool is_loop(const char *name)
{
	return !strncmp(name, "loop", strlen("loop"));
}

/* sysfs has only the name of the backing file. */
static void add_backing(struct device_set *set, const char *root, const char *name)
{
	AUTO_FREE char *path = xasprintf("/sys/block/%s/loop/backing_file", name);
	AUTO_FREE char *backing = first_line_or_null(root, path);

	if (backing)
		add_device(set, backing);
}

/* ---- programs ---------------------------------------------------------------- */

/* The line "flags:" has open(2)'s flags in octal (Documentation/filesystems/proc.rst, 3.8). */
static bool is_for_writing(const char *root, const char *process, const char *number)
{
	AUTO_FREE char *path = xasprintf("/proc/%s/fdinfo/%s", process, number);
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, path, &text, NULL);
	const char *line = error ? NULL : strstr(text, "flags:");

	error_free(error);
	return line && (strtoul(line + strlen("flags:"), NULL, 8) & O_ACCMODE) != O_RDONLY;
}

/* Only files of /dev are examined: other files may be on a server that does not answer. */
static void add_open_file(struct device_set *set, const char *root, const char *process, const char *number)
{
	AUTO_FREE char *below = xasprintf("/proc/%s/fd/%s", process, number);
	AUTO_FREE char *path = path_below(root, below);
	char target[64] = "";

	if (readlink(path, target, sizeof(target) - 1) > 0 && !strncmp(target, "/dev/", strlen("/dev/")) &&
	    is_for_writing(root, process, number))
		add_device(set, path);
}

static void add_process(struct device_set *set, const char *root, const char *process)
{
	AUTO_FREE char *folder = xasprintf("/proc/%s/fd", process);
	AUTO_FOLDER_NAMES struct folder_names files = { 0 };

	if (strtoul(process, NULL, 10) == (unsigned long)getpid())
		return;
	folder_names_add(&files, root, folder, is_number_name);
	for (size_t i = 0; i < files.count; i++)
		add_open_file(set, root, process, files.names[i]);
}

void device_set_find(struct device_set *set, const char *root)
{
	AUTO_FOLDER_NAMES struct folder_names loops = { 0 }, processes = { 0 };

	folder_names_add(&loops, root, "/sys/block", is_loop);
	process_names_add(&processes, root);
	for (size_t i = 0; i < loops.count; i++)
		add_backing(set, root, loops.names[i]);
	for (size_t i = 0; i < processes.count; i++)
		add_process(set, root, processes.names[i]);
}

/* ---- the list ---------------------------------------------------------------- */

static bool is_held(const char *path)
{
	int fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return errno == EBUSY;
	close(fd);
	return false;
}

bool device_set_has(const struct device_set *set, const char *root, dev_t device)
{
	dev_t disk;

	for (size_t i = 0; i < set->count; i++)
		if (set->items[i] == device)
			return true;
	return device_disk_of(root, device, &disk) && device_set_has(set, root, disk);
}

bool device_is_used(const struct device_set *set, int fd, const char *path)
{
	struct stat status;

	return (!fstat(fd, &status) && device_set_has(set, "/", status.st_rdev)) || is_held(path);
}

static bool is_in_use(const void *context, int fd, const char *path)
{
	return device_is_used(context, fd, path);
}

struct error *devices_in_use_list(struct filesystem_list *ret_list)
{
	AUTO_DEVICE_SET struct device_set set = { 0 };
	const struct block_listing how = { .is_wanted = is_in_use, .context = &set, .without_digests = true };

	device_set_find(&set, "/");

	struct error *error = block_devices_list(&how, ret_list);

	if (!error)
		stacked_filesystems_place("/", ret_list);
	return error;
}
