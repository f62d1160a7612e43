/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/keep_check.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hibernate/in_use.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/text.h"

/* What has its content in memory, or none, or that of others. */
static const char *const passing[] = {
	"autofs", "binder", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "cpuset", "debugfs", "devpts", "devtmpfs",
	"fusectl", "hugetlbfs", "mqueue", "nsfs", "overlay", "proc", "ramfs", "resctrl", "rootfs", "rpc_pipefs", "securityfs",
	"selinuxfs", "smackfs", "sysfs", "tmpfs", "tracefs", "xenfs",
};

static bool is_passing(const char *type)
{
	for (size_t i = 0; i < ARRAY_COUNT(passing); i++)
		if (!strcmp(passing[i], type))
			return true;
	return false;
}

/* Behind the separator " - ": type, source and the options of the file system, as opposed to those of the mount. */
static struct error *check_line(char *line)
{
	char *rest = strstr(line, " - "), *place = line;

	if (!rest)
		return NULL;
	*rest = '\0';
	rest += strlen(" - ");

	const char *type = strsep(&rest, " ");
	const char *source = rest ? strsep(&rest, " ") : "";
	bool read_only = rest && (!strncmp(rest, "ro,", 3) || !strcmp(rest, "ro"));

	/* Number, parent, device, the root within the file system. */
	for (int field = 0; field < 4 && place; field++)
		strsep(&place, " ");
	place = place ? strsep(&place, " ") : "";
	if (read_only || is_passing(type))
		return NULL;
	return error_new("keep=yes: %s (%s on %s) is writable, and what this system writes there after it has resumed "
			 "would not be there when it resumes again; mount it read-only, or put an overlay of tmpfs over it",
			 place, type, source);
}

static struct error *check_process(const char *root, const char *process)
{
	AUTO_FREE char *path = xasprintf("/proc/%s/mountinfo", process);
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, path, &text, NULL);
	const char *cursor = text;
	char *line;

	/* It has ended meanwhile. */
	if (error) {
		error_free(error);
		return NULL;
	}
	while (!error && (line = next_line(&cursor))) {
		error = check_line(line);
		free(line);
	}
	return error;
}

struct error *keep_check(const char *root)
{
	AUTO_FREE char *folder = path_below(root, "/proc");
	AUTO_FREE char *swap = in_use_swap(root);
	DIR *processes = opendir(folder);
	const struct dirent *entry;
	struct error *error = NULL;

	if (swap)
		error = error_new("keep=yes: %s is used as swap, and would not have what this system's memory expects there when "
				  "it resumes again; swapoff -a", swap);
	while (!error && processes && (entry = readdir(processes)))
		if (isdigit((unsigned char)entry->d_name[0]))
			error = check_process(root, entry->d_name);
	if (processes)
		closedir(processes);
	return error;
}
