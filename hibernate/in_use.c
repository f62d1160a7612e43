/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/in_use.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/devices_in_use.h"

bool in_use_is_kept_in_memory(const char *type)
{
	static const char *const types[] = {
		"autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "cpuset", "debugfs", "devpts", "devtmpfs",
		"efivarfs", "fusectl", "hugetlbfs", "mqueue", "nsfs", "proc", "pstore", "ramfs", "resctrl", "rootfs",
		"rpc_pipefs", "securityfs", "selinuxfs", "smackfs", "sysfs", "tmpfs", "tracefs",
	};

	for (size_t i = 0; i < ARRAY_COUNT(types); i++)
		if (!strcmp(type, types[i]))
			return true;
	return false;
}

char *in_use_mount(const char *mounts)
{
	char *found = NULL, *line;

	while (!found && (line = next_line(&mounts))) {
		char *rest = line;
		const char *source = strsep(&rest, " "), *place = strsep(&rest, " "), *type = strsep(&rest, " ");

		if (type && !in_use_is_kept_in_memory(type))
			found = xasprintf("%s on %s", source, place);
		free(line);
	}
	return found;
}

/* The first mount in a process's namespace; a process that ended meanwhile has none. */
static char *mount_of_process(const char *root, const char *process)
{
	AUTO_FREE char *path = xasprintf("/proc/%s/mounts", process);
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, path, &text, NULL);
	char *found = error ? NULL : in_use_mount(text);

	error_free(error);
	return found;
}

static char *find_mount(const char *root)
{
	AUTO_FOLDER_NAMES struct folder_names processes = { 0 };
	char *found = mount_of_process(root, "self");

	process_names_add(&processes, root);
	for (size_t i = 0; !found && i < processes.count; i++)
		found = mount_of_process(root, processes.names[i]);
	return found;
}

/* The first line of /proc/swaps is a headline. Without CONFIG_SWAP there is no such file. */
static char *find_swap(const char *root, bool with_memory)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, "/proc/swaps", &text, NULL);
	const char *line = error ? NULL : strstr(text, "\n/");

	while (line && !with_memory && !strncmp(line + 1, "/dev/zram", strlen("/dev/zram")))
		line = strstr(line + 1, "\n/");
	error_free(error);
	return line ? xstrndup(line + 1, strcspn(line + 1, " \t\n")) : NULL;
}

char *in_use_swap(const char *root)
{
	return find_swap(root, false);
}

struct holding {
	struct device_set set;
	char *found;
};

static void check_held(void *context, int fd, const char *path)
{
	struct holding *holding = context;

	if (!holding->found && device_is_used(&holding->set, fd, path))
		holding->found = xstrdup(path);
}

static struct error *find_held(char **ret_found)
{
	struct holding holding = { 0 };

	device_set_find(&holding.set, "/");
	struct error *error = block_devices_each(0, check_held, &holding);

	device_set_deinit(&holding.set);
	*ret_found = holding.found;
	return error;
}

struct error *in_use_check(const char *root)
{
	AUTO_FREE char *found = find_mount(root);
	const char *how = "mounted";
	struct error *error = NULL;

	if (!found) {
		found = find_swap(root, true);
		how = "used as swap";
	}
	if (!found && !strcmp(root, "/")) {
		error = find_held(&found);
		how = "in use: by RAID, LVM or encryption, a loop device or a program, or mounted where it cannot be seen";
	}
	if (error || !found)
		return error;
	return error_new("%s is %s. If the saved system has it in use, too, resuming would destroy it; resume in the "
			 "initramfs, or insist with --force", found, how);
}
