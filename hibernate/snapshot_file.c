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

#include "hibernate/invocation.h"
#include "kdump/target.h"
#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "lib/base/sizes.h"
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

uint64_t snapshot_file_bytes(uint64_t ram_bytes)
{
	return (ram_bytes + ram_bytes / 64 + 32 * MIB) / MIB * MIB;
}

/* What is left of it with space=on-demand: the map, and what khimage_format overwrites. */
#define HEAD_BYTES (2 * MIB)

static bool is_on_demand(const struct khibernate_config *config)
{
	return *config->file && !strcmp(config->space, "on-demand");
}

/* Where the file is now. */
struct whereabouts {
	char *device; /* path of the block device, heap */
	char *name;   /* DEVICE@OFFSET, heap */
	struct extents blocks;
	struct extents parts; /* of the snapshot, behind the map */
	uint64_t offset, map_offset;
	bool is_swap; /* a swap file, also while it holds a snapshot */
};

static void whereabouts_deinit(struct whereabouts *where)
{
	free(where->device);
	free(where->name);
	extents_deinit(&where->blocks);
	extents_deinit(&where->parts);
}
#define AUTO_WHEREABOUTS __attribute__((cleanup(whereabouts_deinit)))

static struct error *find(const char *file, struct whereabouts *ret_where)
{
	enum storage_head head = STORAGE_HEAD_NONE;
	dev_t device;
	struct error *error = file_blocks_find(file, &ret_where->blocks, &device);

	if (error)
		return error;
	AUTO_FREE char *numbers = xasprintf("%u:%u", major(device), minor(device));

	ret_where->offset = ret_where->blocks.count ? ret_where->blocks.items[0].offset : 0;
	error = device_name_find(numbers, &ret_where->device);
	if (error)
		return error;
	ret_where->name = xasprintf("%s@%" PRIu64, ret_where->device, ret_where->offset);
	error = khimage_swap_head(ret_where->name, &head);
	ret_where->is_swap = head == STORAGE_HEAD_SWAP || head == STORAGE_HEAD_HELD_SWAP;
	return error ? error : storage_lay_out(&ret_where->blocks, ret_where->is_swap ? EXTENT_ALIGN_BYTES : 0, file,
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
	bool on_demand = !strcmp(config->space, "on-demand");
	struct error *error = make_if_missing(file, on_demand ? HEAD_BYTES : default_bytes);

	if (!error)
		error = find(file, &where);
	if (!error && where.is_swap && on_demand)
		error = error_new("%s is a swap file, which keeps its size: space=on-demand is for other files", file);
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

/* Whether the map's parts are the file's; `all`: and it has no more. */
static bool has_parts(const struct extents *file, const struct extents *map, bool all)
{
	size_t last = map->count - 1;

	if (all)
		return extents_equal(file, map);
	for (size_t i = 0; i < map->count; i++)
		if (i >= file->count || map->items[i].offset != file->items[i].offset ||
		    (i < last ? map->items[i].size_bytes != file->items[i].size_bytes :
				map->items[i].size_bytes > file->items[i].size_bytes))
			return false;
	return true;
}

static struct error *check_blocks(const char *file, const char *device, bool all)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	struct storage storage;
	struct error *error = find(file, &where);

	if (!error)
		error = storage_open(&storage, device, STORAGE_SHARED, O_RDWR, 0);
	if (error)
		return error_prefix(error, "%s cannot hold the snapshot", file);

	bool is_same = !strcmp(where.name, device) && has_parts(&where.parts, &storage.extents, all);

	error = storage_close(&storage, device);
	if (error || is_same)
		return error;
	return error_new("%s was moved on its disk since setup, or made anew: the next boot would not find a snapshot in it. "
			 "Run \"khibernate setup --device=%s\" and put khibernate into the boot's initramfs again",
			 file, file);
}

struct error *snapshot_file_check(const char *file, const char *device)
{
	struct error *error = check_blocks(file, device, true);

	return error ? error : private_file_check("/", file, 0);
}

struct error *snapshot_file_check_if_mounted(const char *file, const char *device)
{
	if (!*file || access(file, F_OK))
		return NULL;
	/* An interrupted change of its size leaves more blocks than the map has. */
	return error_prefix(check_blocks(file, device, false), "nothing is written to %s", device);
}

/* ---- space=on-demand ---- */

/* *ret_size: the file's, if it is the one at `device`, is no swap file, and no snapshot waits in it; else 0. */
static struct error *find_changeable(const char *file, const char *device, uint64_t *ret_size)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	struct khimage_superblock superblock = { 0 };
	struct stat status;
	struct error *error = check_blocks(file, device, false);

	*ret_size = 0;
	if (!error)
		error = find(file, &where);
	if (!error)
		error = read_uncached(device, &superblock, NULL);
	if (!error && superblock.state && superblock.state != KHIMAGE_COMMITTED && !where.is_swap && !stat(file, &status))
		*ret_size = (uint64_t)status.st_size;
	return error;
}

/* The superblocks lie behind the map, whose size must not change for them to stay. */
static struct error *list_blocks(const char *file, uint64_t bytes)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	AUTO_EXTENTS struct extents blocks = { 0 };
	struct error *error = find(file, &where);

	if (error)
		return error;
	for (size_t i = 0; i < where.blocks.count && bytes; i++) {
		struct extent extent = where.blocks.items[i];

		extent.size_bytes = extent.size_bytes < bytes ? extent.size_bytes : bytes;
		extents_add(&blocks, extent);
		bytes -= extent.size_bytes;
	}
	extents_deinit(&where.parts);
	where.parts = (struct extents){ 0 };
	error = storage_lay_out(&blocks, 0, file, &where.map_offset, &where.parts);
	if (!error && storage_lay_out_bytes(where.parts.count) != storage_lay_out_bytes(1))
		error = error_new("%s would lie in %zu pieces: too many for space=on-demand; with space=always they are found "
				  "once", file, where.parts.count);
	return error ? error : write_map(&where);
}

struct error *snapshot_file_return_space(const struct khibernate_config *config, const char *device)
{
	uint64_t size = 0;
	struct error *error = is_on_demand(config) ? find_changeable(config->file, device, &size) : NULL;

	if (error || size <= HEAD_BYTES)
		return error;
	error = list_blocks(config->file, HEAD_BYTES);
	return error ? error : file_blocks_resize(config->file, HEAD_BYTES);
}

struct error *snapshot_file_take_space(const struct khibernate_config *config, const char *device)
{
	uint64_t wanted = snapshot_file_bytes((uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE)), size = 0;
	struct error *error = is_on_demand(config) ? find_changeable(config->file, device, &size) : NULL;

	if (error || !size)
		return error;
	if (size < wanted)
		error = file_blocks_resize(config->file, wanted);
	if (!error)
		error = list_blocks(config->file, UINT64_MAX);
	if (error)
		error_free(snapshot_file_return_space(config, device));
	return error;
}
