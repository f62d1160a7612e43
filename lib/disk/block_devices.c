/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/block_devices.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/retry.h"
#include "lib/disk/filesystem_digest.h"
#include "lib/disk/mount_source.h"
#include "lib/disk/storage.h"

#define BLOCK_FOLDER "/sys/class/block"

void block_content_deinit(struct block_content *content)
{
	free(content->type);
	free(content->uuid);
	free(content->label);
	free(content->sub_uuid);
	free(content->partition_table);
	*content = (struct block_content){ 0 };
}

const char *block_content_name(const struct block_content *content)
{
	if (content->is_ambiguous)
		return "more than one thing";
	return content->type ? content->type : content->partition_table;
}

#ifdef HAVE_BLKID

#include <blkid/blkid.h>

bool block_devices_can_probe(void)
{
	return true;
}

static char *value_of(blkid_probe probe, const char *key)
{
	const char *value;

	return blkid_probe_lookup_value(probe, key, &value, NULL) ? NULL : xstrdup(value);
}

static void take_values(blkid_probe probe, struct block_content *content)
{
	AUTO_FREE char *offset = value_of(probe, "SBMAGIC_OFFSET");

	content->type = value_of(probe, "TYPE");
	content->uuid = value_of(probe, "UUID");
	content->label = value_of(probe, "LABEL");
	content->sub_uuid = value_of(probe, "UUID_SUB");
	content->partition_table = value_of(probe, "PTTYPE");
	content->magic_offset = offset ? strtoull(offset, NULL, 10) : 0;
}

/* `more`: flags in addition to BLKID_SUBLKS_TYPE and BLKID_SUBLKS_MAGIC. */
static struct error *begin_probe(int fd, const char *name, int more, int partition_flags, blkid_probe *ret_probe)
{
	blkid_probe probe = blkid_new_probe();

	if (!probe || blkid_probe_set_device(probe, fd, 0, 0)) {
		blkid_free_probe(probe);
		return error_new("cannot examine the content of %s", name);
	}
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_MAGIC | more);
	blkid_probe_enable_partitions(probe, 1);
	blkid_probe_set_partitions_flags(probe, partition_flags);
	*ret_probe = probe;
	return NULL;
}

struct error *block_content_probe(int fd, const char *name, struct block_content *ret_content)
{
	struct block_content content = { 0 };
	blkid_probe probe;
	struct error *error = begin_probe(fd, name, BLKID_SUBLKS_UUID | BLKID_SUBLKS_LABEL, 0, &probe);

	if (error)
		return error;
	/* 0: found something, 1: found nothing, -2: found more than one type; blkid_do_safeprobe(3) */
	int found = blkid_do_safeprobe(probe);

	content.size_bytes = (uint64_t)blkid_probe_get_size(probe);
	content.is_ambiguous = found == -2;
	if (found == 0)
		take_values(probe, &content);
	blkid_free_probe(probe);
	if (found == -1) {
		block_content_deinit(&content);
		return error_new("cannot read the content of %s", name);
	}
	*ret_content = content;
	return NULL;
}

struct error *block_content_wipe(int fd, const char *name)
{
	blkid_probe probe;
	struct error *error = begin_probe(fd, name, BLKID_SUBLKS_BADCSUM, BLKID_PARTS_MAGIC, &probe);
	int found, wiped = 0;

	if (error)
		return error;
	/* Each call finds one signature (0), until there is none (1); blkid_do_wipe(3). */
	while ((found = blkid_do_probe(probe)) == 0 && !wiped)
		wiped = blkid_do_wipe(probe, 0);
	blkid_free_probe(probe);
	return found < 0 || wiped ? error_new("cannot wipe the signatures on %s", name) : NULL;
}

#else

bool block_devices_can_probe(void)
{
	return false;
}

struct error *block_content_wipe(int fd, const char *name)
{
	(void)fd;
	(void)name;
	return NULL;
}

struct error *block_content_probe(int fd, const char *name, struct block_content *ret_content)
{
	(void)fd;
	(void)name;
	*ret_content = (struct block_content){ 0 };
	return NULL;
}

#endif

dev_t block_device_of(const char *name)
{
	struct stat status;
	uint64_t offset;
	AUTO_FREE char *first = storage_name_member(name, 0), *path = NULL;

	storage_name_split(first, &path, &offset);

	AUTO_FREE char *copy = xstrdup(path);
	const char *existing = path;

	if (stat(path, &status)) {
		if (errno != ENOENT)
			return 0;
		existing = dirname(copy);
		if (stat(existing, &status))
			return 0;
	}
	if (S_ISBLK(status.st_mode))
		return status.st_rdev;
	if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
		return 0;
	return major(status.st_dev) ? status.st_dev : mount_source_device(existing);
}

/* Loop devices and RAM disks have no contents of their own that survive a reboot. */
static int is_listed(const struct dirent *entry)
{
	static const char *const others[] = { ".", "loop", "ram", "zram" };

	for (size_t i = 0; i < ARRAY_COUNT(others); i++)
		if (!strncmp(entry->d_name, others[i], strlen(others[i])))
			return 0;
	return 1;
}

static bool is_read_only(const char *name)
{
	AUTO_FREE char *path = xasprintf(BLOCK_FOLDER "/%s/ro", name);
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file("/", path, &text, NULL);
	bool read_only = !error && *text == '1';

	error_free(error);
	return read_only;
}

/* The device's file in /dev, where sysfs writes '!' for '/'. Heap. */
static char *device_path(const char *name)
{
	char *path = xasprintf("/dev/%s", name);

	for (char *at = path; *at; at++)
		if (*at == '!')
			*at = '/';
	return path;
}

static void visit_device(const char *name, dev_t except, void (*visit)(void *, int, const char *), void *context)
{
	AUTO_FREE char *path = device_path(name);
	struct stat status;
	/* O_NONBLOCK: an empty drive fails at once. */
	int fd = is_read_only(name) ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	if (!fstat(fd, &status) && S_ISBLK(status.st_mode) && (!except || status.st_rdev != except))
		visit(context, fd, path);
	close(fd);
}

struct error *block_devices_each(dev_t except, void (*visit)(void *context, int fd, const char *path),
				 void *context)
{
	struct dirent **entries;
	int count = scandir(BLOCK_FOLDER, &entries, is_listed, versionsort);

	if (count < 0)
		return error_errno(errno, "cannot list the disks in " BLOCK_FOLDER);
	for (int i = 0; i < count; i++) {
		visit_device(entries[i]->d_name, except, visit, context);
		free(entries[i]);
	}
	free(entries);
	return NULL;
}

/* A drive for removable disks. */
static bool is_drive(const char *name)
{
	return !strncmp(name, "sr", 2) || !strncmp(name, "fd", 2);
}

static int is_no_drive(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && !is_drive(entry->d_name);
}

bool block_device_is_disk(const char *root, const char *name)
{
	AUTO_FREE char *size_path = xasprintf("/sys/block/%s/size", name);
	AUTO_FREE char *device = xasprintf("%s/sys/block/%s/device", root, name);
	AUTO_FREE char *size = NULL;
	struct error *error = read_small_file(root, size_path, &size, NULL);
	bool has_size = !error && strcmp(size, "0\n") != 0;

	error_free(error);
	return !is_drive(name) && has_size && !access(device, F_OK);
}

unsigned int block_devices_count_disks(const char *root)
{
	AUTO_FREE char *folder = path_below(root, "/sys/block");
	struct dirent **entries;
	int count = scandir(folder, &entries, is_no_drive, NULL);
	unsigned int disks = 0;

	for (int i = 0; i < count; i++) {
		disks += block_device_is_disk(root, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return disks;
}

/* libblkid reports a device that cannot be read as one without contents. */
static struct error *try_reading(int fd, const char *path, bool *ret_empty)
{
	uint8_t sector[512];
	ssize_t got = TEMP_FAILURE_RETRY(pread(fd, sector, sizeof(sector), 0));

	if (got < 0)
		return error_errno(errno, "cannot read %s", path);
	*ret_empty = !got;
	return NULL;
}

static struct error *list_content(int fd, const char *path, bool without_digest, struct filesystem_list *list)
{
	AUTO_BLOCK_CONTENT struct block_content content = { 0 };
	bool is_empty = false;
	struct error *error = try_reading(fd, path, &is_empty);

	/* Drivers show devices before they have a medium. */
	if (!error && !is_empty)
		error = block_content_probe(fd, path, &content);
	if (error || (!content.type && !content.is_ambiguous))
		return error;

	struct filesystem filesystem = { .type = content.type, .uuid = content.uuid, .label = content.label,
					 .device = (char *)path, .sub_uuid = content.sub_uuid,
					 .device_bytes = content.size_bytes };

	if (!without_digest)
		error = filesystem_digest(fd, path, content.type ? content.type : "", content.size_bytes,
					  content.magic_offset, filesystem.digest);
	if (!error)
		filesystem_list_add(list, &filesystem);
	return error;
}

struct listing {
	const struct block_listing *how;
	struct filesystem_list *list;
};

static void list_device(void *context, int fd, const char *path)
{
	const struct listing *listing = context;
	const struct block_listing *how = listing->how;

	if (how->is_wanted && !how->is_wanted(how->context, fd, path))
		return;

	struct error *error = list_content(fd, path, how->without_digests, listing->list);

	/* A drive may be empty. */
	if (error && how->unreadable && !is_drive(path + strlen("/dev/")))
		how->unreadable(error_text(error));
	error_free(error);
}

struct error *block_devices_list(const struct block_listing *how, struct filesystem_list *ret_list)
{
	struct listing listing = { how, ret_list };

	return block_devices_each(how->except, list_device, &listing);
}
