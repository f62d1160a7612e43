/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/snapshot_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hibernate/invocation.h"
#include "hibernate/whereabouts.h"
#include "kdump/target.h"
#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "lib/base/sizes.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/device_open.h"
#include "lib/disk/device_stack.h"
#include "lib/disk/file_blocks.h"
#include "lib/disk/private_file.h"
#include "lib/disk/storage.h"
#include "lib/disk/storage_map.h"
#include "lib/khimage/khimage.h"
#include "lib/khimage/khimage_swap.h"

uint64_t snapshot_file_bytes(uint64_t ram_bytes)
{
	return (ram_bytes + ram_bytes / 64 + 32 * MIB) / MIB * MIB;
}

/* What is left of it with space=on-demand: the map, and what khimage_format overwrites. */
#define HEAD_BYTES (2 * MIB)

/* Whether it is a device of LVM, encryption, RAID or the like. */
static bool is_stacked(const char *name)
{
	struct stat status;

	return !stat(name, &status) && S_ISBLK(status.st_mode) && device_is_stacked("/", status.st_rdev);
}

bool snapshot_file_is_meant(const char *name)
{
	struct stat status;

	if (*name != '/' || storage_name_is_mapped(name))
		return false;
	if (stat(name, &status))
		return errno == ENOENT && strncmp(name, "/dev/", 5) != 0;
	return S_ISREG(status.st_mode) || is_stacked(name);
}

bool snapshot_file_can_hold(const char *file)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	struct error *error = whereabouts_find(file, &where);
	bool can = !error;

	error_free(error);
	return can;
}

bool snapshot_file_is_encrypted(const char *file)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	struct error *error = *file ? whereabouts_find(file, &where) : NULL;

	error_free(error);
	return where.is_encrypted;
}

bool snapshot_file_is_hidden_swap(const char *file)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	struct error *error = *file ? whereabouts_find(file, &where) : NULL;
	bool is_hidden = !error && where.is_encrypted && where.is_swap;

	error_free(error);
	return is_hidden;
}

struct error *snapshot_file_hold_swap(const char *file, const char *device)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	struct error *error = whereabouts_find(file, &where);

	if (!error && !where.is_swap)
		error = error_new("%s is no swap area", file);
	if (!error)
		error = whereabouts_check_name(&where, file, device, false);
	for (size_t i = 0; !error && i < where.count; i++)
		error = khimage_swap_prepare(where.members[i].name, &where.members[i].blocks, where.is_encrypted);
	return error ? error : khimage_swap_hold(where.name);
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
	if (device_is_block(file))
		return NULL;
	return is_swap ? private_file_make("/", file, 0) : private_file_check_but_rights("/", file, 0);
}

/* The mapper's name: dm-0 is another device after each boot. Heap. */
static char *usual_name(const char *file)
{
	AUTO_FREE char *name = device_is_block(file) ? device_attribute("/", block_device_of(file), "dm/name") : NULL;
	AUTO_FREE char *path = name ? xasprintf("/dev/mapper/%s", name) : NULL;

	return path && device_is_block(path) ? TAKE_PTR(path) : xstrdup(file);
}

static void print_place(const struct whereabouts *where, const char *file, const char *name)
{
	printf("device:  %s, in %zu pieces, is noted as %s\n", file, where->members[0].parts.count, name);
	if (where->is_encrypted)
		printf("device:  it lies on encryption, below which the snapshot is written: it has khibernate's own, and resuming "
		       "asks for its passphrase\n");
	if (where->is_swap)
		printf("device:  it is a swap area, which is swapped off while it holds a snapshot\n");
}

struct error *snapshot_file_choose(struct khibernate_config *config, uint64_t default_bytes, char **ret_path)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	AUTO_FREE char *file = usual_name(config->device), *name = NULL;
	bool on_demand = khibernate_config_is_on_demand(config);
	struct error *error = make_if_missing(file, on_demand ? HEAD_BYTES : default_bytes);

	if (!error)
		error = whereabouts_find(file, &where);
	if (!error && on_demand && (where.is_swap || device_is_block(file)))
		error = error_new("%s is a swap area or a device, which keeps its size: space=on-demand is for other files", file);
	if (!error && on_demand && !file_blocks_grow_at_once(file))
		error = error_new("%s is on FAT, where each hibernation would write all of it before: set space=always", file);
	if (!error)
		error = check_place(file, where.is_swap);
	if (!error)
		error = whereabouts_lasting_name(&where, &name);
	if (!error)
		error = khibernate_config_set(config, "file", file);
	if (!error)
		error = khibernate_config_set(config, "device", name);
	if (error)
		return error;
	print_place(&where, file, name);
	*ret_path = TAKE_PTR(where.name);
	return NULL;
}

static struct error *write_map(const struct whereabouts_member *member)
{
	int fd = open(member->device, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return error_errno(errno, "cannot open %s for writing", member->device);

	struct error *error = storage_write_map(fd, member->device, member->map_offset, &member->parts, NULL);

	close(fd);
	return error;
}

/* Of a device. What stands on it may leave its beginning, with the map, as it was. */
static struct error *check_unused(const char *file)
{
	int fd;
	struct error *error = device_open(file, O_RDONLY, 0, &fd);

	if (!error)
		close(fd);
	return error;
}

/* A device must not be in use, which the disks below do not show. */
static struct error *check_content(const struct whereabouts *where, const char *file, bool overwrite)
{
	struct error *error = device_is_block(file) ? check_unused(file) : NULL;

	if (error || overwrite)
		return error;
	if (khimage_probe_path(where->name))
		return target_or_overwrite(target_check_snapshot(where->name));
	return target_or_overwrite(device_is_block(file) ? target_check(file) : target_check_file(file));
}

static struct error *protect(const char *file)
{
	struct error *error = device_is_block(file) ? NULL : private_file_make("/", file, 0);

	if (!error && !device_is_block(file) && !file_blocks_protect(file))
		printf("WARNING: %s cannot be made immutable: see that it is not removed or moved while it is configured\n", file);
	return error;
}

struct error *snapshot_file_init(const char *file, bool overwrite)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	struct error *error = whereabouts_find(file, &where);

	/* Nothing is written to a swap area before it is needed. */
	if (error || where.is_swap)
		return error;
	error = check_content(&where, file, overwrite);
	if (!error)
		error = protect(file);
	for (size_t i = 0; !error && i < where.count; i++)
		error = write_map(&where.members[i]);
	return error ? error : khimage_format(where.name);
}

/* Whether the parts that are noted on the member's disk are those of the file now; `all`: and it has no more. */
static struct error *check_parts(const struct whereabouts_member *member, bool is_swap, bool all, bool *ret_same)
{
	uint64_t head_bytes = is_swap ? EXTENT_ALIGN_BYTES : 0;
	struct storage storage;
	struct error *error = storage_open(&storage, member->name, STORAGE_SHARED, O_RDWR, 0);

	if (error)
		return error;
	*ret_same = all ? extents_equal(&member->parts, &storage.extents) :
			  storage_begins_with(&member->blocks, head_bytes, &storage.extents);
	return storage_close(&storage, member->name);
}

/* `degraded`: a disk that its array does not use now may be noted, too. */
static struct error *check_blocks(const char *file, const char *device, bool all, bool degraded)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	bool is_same = true;
	struct error *error = error_prefix(whereabouts_find(file, &where), "%s cannot hold the snapshot", file);

	if (!error)
		error = whereabouts_check_name(&where, file, device, degraded);
	for (size_t i = 0; !error && is_same && i < where.count; i++)
		error = error_prefix(check_parts(&where.members[i], where.is_swap, all, &is_same),
				     "%s cannot hold the snapshot", file);
	return error || is_same ? error : whereabouts_error_moved(file);
}

struct error *snapshot_file_check(const char *file, const char *device)
{
	struct error *error = check_blocks(file, device, true, false);

	if (error)
		return error;
	return device_is_block(file) ? check_unused(file) : private_file_check("/", file, 0);
}

struct error *snapshot_file_check_if_mounted(const char *file, const char *device)
{
	if (!*file || access(file, F_OK))
		return NULL;
	/* An interrupted change of its size leaves more blocks than the map has. */
	return error_prefix(check_blocks(file, device, false, true), "nothing is written to %s", device);
}

/* ---- space=on-demand ---- */

static bool can_change(const struct khibernate_config *config)
{
	return *config->file && khibernate_config_is_on_demand(config);
}

/* *ret_size: the file's, if it is the one at `device`, is no swap file, and no snapshot waits in it; else 0. */
static struct error *find_changeable(const char *file, const char *device, uint64_t *ret_size)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	struct khimage_superblock superblock = { 0 };
	struct stat status;
	struct error *error = check_blocks(file, device, false, false);

	*ret_size = 0;
	if (!error)
		error = whereabouts_find(file, &where);
	if (!error)
		error = read_uncached(device, &superblock, NULL);
	if (!error && superblock.state && superblock.state != KHIMAGE_COMMITTED && !where.is_swap && !stat(file, &status))
		*ret_size = (uint64_t)status.st_size;
	return error;
}

/* The superblocks lie behind the map, whose size must not change for them to stay. */
static struct error *list_member_blocks(const char *file, struct whereabouts_member *member, uint64_t bytes)
{
	AUTO_EXTENTS struct extents blocks = { 0 };
	struct error *error;

	extents_add_beginning(&blocks, &member->blocks, bytes);
	extents_deinit(&member->parts);
	error = storage_lay_out(&blocks, 0, file, &member->map_offset, &member->parts);
	if (!error && storage_map_bytes(member->parts.count) != storage_map_bytes(1))
		error = error_new("%s would lie in %zu pieces: too many for space=on-demand; with space=always they are found "
				  "once", file, member->parts.count);
	return error ? error : write_map(member);
}

static struct error *list_blocks(const char *file, uint64_t bytes)
{
	AUTO_WHEREABOUTS struct whereabouts where = { 0 };
	struct error *error = whereabouts_find(file, &where);

	for (size_t i = 0; !error && i < where.count; i++)
		error = list_member_blocks(file, &where.members[i], bytes);
	return error;
}

struct error *snapshot_file_return_space(const struct khibernate_config *config, const char *device)
{
	uint64_t size = 0;
	struct error *error = can_change(config) ? find_changeable(config->file, device, &size) : NULL;

	if (error || size <= HEAD_BYTES)
		return error;
	error = list_blocks(config->file, HEAD_BYTES);
	return error ? error : file_blocks_resize(config->file, HEAD_BYTES);
}

struct error *snapshot_file_take_space(const struct khibernate_config *config, const char *device)
{
	uint64_t wanted = snapshot_file_bytes((uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE)), size = 0;
	struct error *error = can_change(config) ? find_changeable(config->file, device, &size) : NULL;

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
