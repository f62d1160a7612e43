/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/memory_cgroup.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/machine/machine.h"

/* The names of the two versions. */
struct version {
	const char *folders[2]; /* where it is mounted */
	const char *controller; /* in /proc/self/cgroup */
	const char *limit, *usage, *files[2];
};

static const struct version versions[] = {
	{ { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" }, "::", "memory.max", "memory.current",
	  { "\nactive_file ", "\ninactive_file " } },
	{ { "/sys/fs/cgroup/memory" }, ":memory:", "memory.limit_in_bytes", "memory.usage_in_bytes",
	  { "\ntotal_active_file ", "\ntotal_inactive_file " } },
};

/* The content of a group's file behind a newline, so that each line begins with one; heap, or NULL. */
static char *read_of(const char *root, const char *group, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", group, name);
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, path, &text, NULL);

	if (!error)
		return xasprintf("\n%s", text);
	error_free(error);
	return NULL;
}

static uint64_t number_behind(const char *text, const char *name)
{
	const char *at = text ? strstr(text, name) : NULL;

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static uint64_t room_of(const char *root, const struct version *version, const char *group)
{
	AUTO_FREE char *limit = read_of(root, group, version->limit);
	AUTO_FREE char *usage = read_of(root, group, version->usage);
	AUTO_FREE char *stat = read_of(root, group, "memory.stat");

	if (!limit || !usage || !strcmp(limit, "\nmax\n"))
		return UINT64_MAX;

	uint64_t used = number_behind(usage, "\n"), most = number_behind(limit, "\n");
	uint64_t files = number_behind(stat, version->files[0]) + number_behind(stat, version->files[1]);

	used -= files < used ? files : used;
	return most > used ? most - used : 0;
}

/* The least of a group and those above it. */
static uint64_t least_room(const char *root, const struct version *version, const char *folder, const char *path)
{
	AUTO_FREE char *group = xasprintf("%s%s", folder, path);
	uint64_t least = UINT64_MAX;

	for (char *end = group + strlen(group); end >= group + strlen(folder); end = strrchr(group, '/')) {
		*end = '\0';

		uint64_t room = room_of(root, version, group);

		least = room < least ? room : least;
	}
	return least;
}

/* A line of /proc/self/cgroup: NUMBER:CONTROLLERS:PATH. The other version's line is not there, or names no folder. */
static uint64_t room_by_line(const char *root, const char *line)
{
	uint64_t least = UINT64_MAX;

	line += strspn(line, "0123456789");
	for (size_t i = 0; i < ARRAY_COUNT(versions); i++) {
		const struct version *version = &versions[i];
		size_t size = strlen(version->controller);

		if (strncmp(line, version->controller, size) != 0)
			continue;
		for (size_t j = 0; j < ARRAY_COUNT(version->folders) && version->folders[j]; j++) {
			uint64_t room = least_room(root, version, version->folders[j], line + size);

			least = room < least ? room : least;
		}
	}
	return least;
}

uint64_t memory_cgroup_room(const char *root)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, "/proc/self/cgroup", &text, NULL);
	const char *cursor = text;
	uint64_t least = UINT64_MAX;
	char *line;

	while (!error && (line = next_line(&cursor))) {
		uint64_t room = room_by_line(root, line);

		least = room < least ? room : least;
		free(line);
	}
	error_free(error);
	return least;
}

const char *memory_cgroup_text(const char *root)
{
	uint64_t available = 0;

	error_free(machine_available_memory(root, &available));
	return memory_cgroup_room(root) < available ? ", by the memory limit of its control group" : "";
}
