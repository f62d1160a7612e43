/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/device_name.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/storage.h"

#ifdef HAVE_BLKID
#include <blkid/blkid.h>
#endif

static struct error *check_is_block_device(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return error_errno(errno, "cannot find %s", path);
	return S_ISBLK(status.st_mode) ? NULL : error_new("%s is not a block device", path);
}

/* Finds the kernel's name of the device, which is its name in /dev as well. */
static struct error *find_by_numbers(const char *numbers, char **ret_path)
{
	AUTO_FREE char *file = xasprintf("/sys/dev/block/%s/uevent", numbers);
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file("/", file, &text, NULL);

	if (error) {
		error_free(error);
		return error_new("there is no block device %s", numbers);
	}

	AUTO_FREE char *name = line_value(text, "DEVNAME");

	if (!name)
		return error_new("the kernel has no name for block device %s (no DEVNAME in its uevent)", numbers);
	*ret_path = xasprintf("/dev/%s", name);
	return NULL;
}

static bool is_of_partition(const char *spec)
{
	return !strncmp(spec, "PARTUUID=", strlen("PARTUUID=")) || !strncmp(spec, "PARTLABEL=", strlen("PARTLABEL="));
}

static struct error *find_by_tag(const char *spec, char **ret_path)
{
#ifdef HAVE_BLKID
	AUTO_FREE char *path = blkid_evaluate_spec(spec, NULL);
	const char *advice = " (a khimage has neither UUID nor LABEL; its partition has a PARTUUID=)";

	if (!path)
		return error_new("no block device has %s%s", spec, is_of_partition(spec) ? "" : advice);
	*ret_path = xstrdup(path);
	return NULL;
#else
	(void)ret_path;
	return error_new("%s cannot be looked up: this program is built without libblkid", spec);
#endif
}

static bool is_tag(const char *spec)
{
	return strchr(spec, '=') && spec[0] != '/';
}

static bool is_number(const char *spec)
{
	return !is_tag(spec) && isdigit((unsigned char)spec[0]);
}

bool device_name_is_lasting(const char *spec)
{
	return is_of_partition(spec) || is_number(spec);
}

/* `spec` without DEVICE@OFFSET's offset (storage.h). */
static struct error *find_device(const char *spec, char **ret_path)
{
	AUTO_FREE char *path = NULL;
	struct error *error = NULL;

	if (is_tag(spec))
		error = find_by_tag(spec, &path);
	else if (is_number(spec))
		error = find_by_numbers(spec, &path);
	else
		path = xstrdup(spec);
	if (!error)
		error = check_is_block_device(path);
	if (error)
		return error;
	*ret_path = xstrdup(path);
	return NULL;
}

static struct error *find_member(const char *spec, char **ret_path)
{
	AUTO_FREE char *device = NULL, *path = NULL;
	uint64_t offset;
	bool is_mapped = storage_name_split(spec, &device, &offset);
	struct error *error = find_device(device, &path);

	if (!error)
		*ret_path = is_mapped ? xasprintf("%s@%" PRIu64, path, offset) : xstrdup(path);
	return error;
}

/* With `some` one of the mirrors is enough; the error is that of the first that is not there. */
static struct error *find_members(const char *spec, bool some, char **ret_path)
{
	struct error *error = NULL;
	char *member, *paths = NULL;

	for (size_t i = 0; (some || !error) && (member = storage_name_member(spec, i)); i++) {
		AUTO_FREE char *path = NULL;
		struct error *missing = find_member(member, &path);

		if (!missing)
			storage_name_add(&paths, path);
		if (error)
			error_free(missing);
		else
			error = missing;
		free(member);
	}
	if (error && !(some && paths)) {
		free(paths);
		return error;
	}
	error_free(error);
	*ret_path = paths;
	return NULL;
}

struct error *device_name_find(const char *spec, char **ret_path)
{
	return find_members(spec, false, ret_path);
}

struct error *device_name_find_some(const char *spec, char **ret_path)
{
	return find_members(spec, true, ret_path);
}

#ifdef HAVE_BLKID
/* "PARTUUID=..." of an open partition; heap, NULL if it has none. */
static char *partition_uuid(int fd)
{
	blkid_probe probe = blkid_new_probe();
	const char *value;
	char *name = NULL;

	if (probe && !blkid_probe_set_device(probe, fd, 0, 0)) {
		blkid_probe_enable_superblocks(probe, 0);
		blkid_probe_enable_partitions(probe, 1);
		blkid_probe_set_partitions_flags(probe, BLKID_PARTS_ENTRY_DETAILS);
		if (blkid_do_safeprobe(probe) >= 0 && !blkid_probe_lookup_value(probe, "PART_ENTRY_UUID", &value, NULL))
			name = xasprintf("PARTUUID=%s", value);
	}
	blkid_free_probe(probe);
	return name;
}
#else
static char *partition_uuid(int fd)
{
	(void)fd;
	return NULL;
}
#endif

/* Copies of a disk have the same PARTUUIDs. */
static bool leads_to(const char *name, const char *path)
{
	AUTO_FREE char *found = NULL;
	struct stat one, other;
	struct error *error = device_name_find(name, &found);
	bool same = !error && found && !stat(found, &one) && !stat(path, &other) && one.st_rdev == other.st_rdev;

	error_free(error);
	return same;
}

struct error *device_name_lasting(const char *path, char **ret_name)
{
	static const char *const made[] = { "/dev/dm-", "/dev/md", "/dev/loop", "/dev/zram", "/dev/ram", "/dev/nbd",
					    "/dev/bcache", "/dev/drbd", "/dev/zd" };
	AUTO_FREE char *real = realpath(path, NULL);

	if (!real)
		return error_errno(errno, "cannot find %s", path);
	for (size_t i = 0; i < ARRAY_COUNT(made); i++)
		if (!strncmp(real, made[i], strlen(made[i])))
			return error_new("%s is %s, which is not there for the kernels that save and restore. A disk, a "
					 "partition, or a device on LVM, encryption or RAID1 of these is needed",
					 path, real);
	int fd = open(real, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *uuid = fd < 0 ? NULL : partition_uuid(fd);

	if (fd >= 0)
		close(fd);
	*ret_name = xstrdup(uuid && leads_to(uuid, real) ? uuid : real);
	return NULL;
}

struct error *device_name_lasting_with_content(const char *path, char **ret_name)
{
	AUTO_BLOCK_CONTENT struct block_content content = { 0 };
	AUTO_FREE char *name = NULL;
	struct error *error = device_name_lasting(path, &name);
	int fd = error || is_of_partition(name) ? -1 : open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		error = block_content_probe(fd, path, &content);
		close(fd);
	}
	if (error)
		return error;
	AUTO_FREE char *uuid = xasprintf("UUID=%s", content.uuid ? content.uuid : "");
	/* All parts of an array have its UUID. */
	bool is_own = content.uuid && strcmp(content.type, "linux_raid_member") != 0;

	*ret_name = is_own && leads_to(uuid, path) ? TAKE_PTR(uuid) : TAKE_PTR(name);
	return NULL;
}
