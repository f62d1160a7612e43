/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/mount_source.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"

bool mount_source_parse_id(const char *fdinfo, uint64_t *ret_id)
{
	bool found = false;
	char *line;

	while (!found && (line = next_line(&fdinfo))) {
		found = sscanf(line, "mnt_id: %" SCNu64, ret_id) == 1;
		free(line);
	}
	return found;
}

/* Blanks, newlines and backslashes are written as a backslash and three octal digits. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		unsigned int code;
		int digits = 0;

		if (sscanf(from, "\\%3o%n", &code, &digits) == 1 && digits == 4) {
			*to = (char)code;
			from += digits;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/* Of `ID PARENT DEVICE ROOT MOUNTPOINT OPTIONS … - TYPE SOURCE OPTIONS` the source; heap, NULL if it is another. */
static char *source_of_line(const char *line, uint64_t id, const char *type)
{
	uint64_t found;
	const char *rest = strstr(line, " - ");
	size_t length = strlen(type);

	if (!rest || sscanf(line, "%" SCNu64 " ", &found) != 1 || found != id)
		return NULL;
	rest += strlen(" - ");
	if (strncmp(rest, type, length) != 0 || rest[length] != ' ')
		return NULL;
	rest += length + 1;

	char *source = xstrndup(rest, strcspn(rest, " "));

	unescape(source);
	return source;
}

char *mount_source_parse(const char *mountinfo, uint64_t id, const char *type)
{
	char *line, *source = NULL;

	while (!source && (line = next_line(&mountinfo))) {
		source = source_of_line(line, id, type);
		free(line);
	}
	return source;
}

/* The mount of an open file is in its fdinfo; statx returns it as well, but only since Linux 5.8. */
static bool mount_id_of(const char *path, uint64_t *ret_id)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	AUTO_FREE char *fdinfo = xasprintf("/proc/self/fdinfo/%d", fd);
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file("/", fdinfo, &text, NULL);
	bool known = !error && mount_source_parse_id(text, ret_id);

	error_free(error);
	if (fd >= 0)
		close(fd);
	return known;
}

dev_t mount_source_device(const char *path)
{
	AUTO_FREE char *mountinfo = NULL;
	AUTO_FREE char *source = NULL;
	struct stat status;
	uint64_t id;

	if (!mount_id_of(path, &id))
		return 0;

	struct error *error = read_small_file("/", "/proc/self/mountinfo", &mountinfo, NULL);

	if (!error)
		source = mount_source_parse(mountinfo, id, "btrfs");
	error_free(error);
	return source && *source == '/' && !stat(source, &status) && S_ISBLK(status.st_mode) ? status.st_rdev : 0;
}

static bool is_device(const char *source, dev_t device)
{
	struct stat status;

	return *source == '/' && !stat(source, &status) && S_ISBLK(status.st_mode) && status.st_rdev == device;
}

/* The mount point of a line whose device or source it is; heap, else NULL. */
static char *point_of_line(char *line, dev_t device)
{
	char *rest = strstr(line, " - ");
	unsigned int major_number, minor_number;
	int at = 0;

	if (!rest || sscanf(line, "%*u %*u %u:%u %*s %n", &major_number, &minor_number, &at) != 2 || !at)
		return NULL;
	rest += strlen(" - ");
	rest += strcspn(rest, " ");
	rest += *rest == ' ';
	rest[strcspn(rest, " ")] = '\0';
	unescape(rest);
	if (makedev(major_number, minor_number) != device && !is_device(rest, device))
		return NULL;

	char *point = xstrndup(line + at, strcspn(line + at, " "));

	unescape(point);
	return point;
}

char *mount_point_parse(const char *mountinfo, dev_t device)
{
	char *line, *point = NULL;

	while (!point && (line = next_line(&mountinfo))) {
		point = point_of_line(line, device);
		free(line);
	}
	return point;
}
