/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/snapshot_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "kdump/target.h"
#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "lib/disk/device_name.h"
#include "lib/disk/file_blocks.h"
#include "lib/disk/private_file.h"
#include "lib/disk/storage.h"
#include "lib/khimage/khimage.h"
#include "lib/khimage/khimage_swap.h"

bool snapshot_file_is_meant(const char *name)
{
	struct stat status;

	if (*name != '/' || storage_name_is_mapped(name))
		return false;
	return stat(name, &status) ? errno == ENOENT && strncmp(name, "/dev/", 5) != 0 : S_ISREG(status.st_mode);
}

/* Where the file is now. */
struct whereabouts {
	char *device; /* path of the block device, heap */
	char *name;   /* DEVICE@OFFSET, heap */
	struct extents parts; /* of the snapshot, behind the map */
	uint64_t offset, map_offset;
	bool is_swap; /* a swap file, also while it holds a snapshot */
};

static void whereabouts_deinit(struct whereabouts *where)
{
	free(where->device);
	free(where->name);
	extents_deinit(&where->parts);
}
#define AUTO_WHEREABOUTS __attribute__((cleanup(whereabouts_deinit)))

static struct error *find(const char *file, struct whereabouts *ret_where)
{
	AUTO_EXTENTS struct extents blocks = { 0 };
	enum storage_head head = STORAGE_HEAD_NONE;
	dev_t device;
	struct error *error = file_blocks_find(file, &blocks, &device);

	if (error)
		return error;
	AUTO_FREE char *numbers = xasprintf("%u:%u", major(device), minor(device));

	ret_where->offset = blocks.count ? blocks.items[0].offset : 0;
	error = device_name_find(numbers, &ret_where->device);
	if (error)
		return error;
	ret_where->name = xasprintf("%s@%" PRIu64, ret_where->device, ret_where->offset);
	error = khimage_swap_head(ret_where->name, &head);
	ret_where->is_swap = head == STORAGE_HEAD_SWAP || head == STORAGE_HEAD_HELD_SWAP;
	return error ? error : storage_lay_out(&blocks, ret_where->is_swap ? EXTENT_ALIGN_BYTES : 0, file,
					       &ret_where->map_offset, &ret_where->parts);
}

static struct error *make_if_missing(const char *file, uint64_t bytes)
{
	struct stat status;
	struct error *error;

	if (!stat(file, &status) || errno != ENOENT)
		return NULL;
	error = file_blocks_make(file, bytes);
	if (error)
		return error;
	error = private_file_check("/", file, 0);
	if (error) {
		unlink(file);
		return error;
	}
	AUTO_FREE char *size = size_text(bytes);

	printf("file:    %s is made, with %s\n", file, size);
	return NULL;
}

/* Rights are changed here of a swap file only: any other file may be meant by mistake until its content is known. */
static struct error *check_place(const char *file, bool is_swap)
{
	return is_swap ? private_file_make("/", file, 0) : private_file_check_but_rights("/", file, 0);
}

struct error *snapshot_file_choose(struct khibernate_config *config, uint64_t default_bytes, char **ret_path)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	AUTO_FREE char *file = xstrdup(config->device), *lasting = NULL;
	struct error *error = make_if_missing(file, default_bytes);

	if (!error)
		error = find(file, &where);
	if (!error)
		error = check_place(file, where.is_swap);
	if (!error)
		error = device_name_lasting_with_content(where.device, &lasting);
	if (error)
		return error;
	AUTO_FREE char *name = xasprintf("%s@%" PRIu64, lasting, where.offset);

	error = khibernate_config_set(config, "file", file);
	if (!error)
		error = khibernate_config_set(config, "device", name);
	if (error)
		return error;
	printf("device:  %s, in %zu pieces, is noted as %s\n", file, where.parts.count, name);
	*ret_path = TAKE_PTR(where.name);
	return NULL;
}

static struct error *write_map(const struct whereabouts *where)
{
	int fd = open(where->device, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return error_errno(errno, "cannot open %s for writing", where->device);

	struct error *error = storage_write_map(fd, where->device, where->map_offset, &where->parts);

	close(fd);
	return error;
}

struct error *snapshot_file_init(const char *file, bool overwrite)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	struct error *error = find(file, &where);
	bool is_ours = !error && khimage_probe_path(where.name);

	/* Nothing is written to a swap area before it is needed. */
	if (!error && where.is_swap)
		return NULL;

	if (!error && !overwrite)
		error = target_or_overwrite(is_ours ? target_check_snapshot(where.name) : target_check_file(file));
	if (!error)
		error = private_file_make("/", file, 0);
	if (!error && !file_blocks_protect(file))
		printf("WARNING: %s cannot be made immutable: see that it is not removed or moved while it is configured\n", file);
	if (!error)
		error = write_map(&where);
	return error ? error : khimage_format(where.name);
}

static struct error *check_blocks(const char *file, const char *device)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	struct storage storage;
	struct error *error = find(file, &where);

	if (!error)
		error = storage_open(&storage, device, STORAGE_SHARED, O_RDWR, 0);
	if (error)
		return error_prefix(error, "%s cannot hold the snapshot", file);

	bool is_same = !strcmp(where.name, device) && extents_equal(&where.parts, &storage.extents);

	error = storage_close(&storage, device);
	if (error || is_same)
		return error;
	return error_new("%s was moved on its disk since setup, or made anew: the next boot would not find a snapshot in it. "
			 "Run \"khibernate setup --device=%s\" and put khibernate into the boot's initramfs again",
			 file, file);
}

struct error *snapshot_file_check(const char *file, const char *device)
{
	struct error *error = check_blocks(file, device);

	return error ? error : private_file_check("/", file, 0);
}

struct error *snapshot_file_check_if_mounted(const char *file, const char *device)
{
	return *file && !access(file, F_OK) ? error_prefix(check_blocks(file, device), "nothing is written to %s", device) :
					      NULL;
}
