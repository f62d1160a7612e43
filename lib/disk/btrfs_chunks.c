/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/btrfs_chunks.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/text.h"

#define ELSEWHERE "name another place, or a partition"

/* Forms in which a chunk's places are not those of its item: include/uapi/linux/btrfs.h, newer than some headers. */
#define FEATURE_ZONED (UINT64_C(1) << 12)
#define FEATURE_EXTENT_TREE_V2 (UINT64_C(1) << 13)
#define FEATURE_RAID_STRIPE_TREE (UINT64_C(1) << 14)
#define FOREIGN_FEATURES (FEATURE_ZONED | FEATURE_EXTENT_TREE_V2 | FEATURE_RAID_STRIPE_TREE)

/* Chunks whose stripes are copies of each other, or the only one. */
#define RAID1_PROFILES (BTRFS_BLOCK_GROUP_RAID1 | BTRFS_BLOCK_GROUP_RAID1C3 | BTRFS_BLOCK_GROUP_RAID1C4)

/* RAID1C4 has four; RAID56, RAID0 and RAID10 are refused. */
#define COPIES_MAX 4u

struct copy {
	uint64_t device_id, offset;
};

struct chunk {
	uint64_t start, size_bytes, type;
	struct copy copies[COPIES_MAX];
	size_t copy_count;
};

struct chunks {
	struct chunk *items;
	size_t count, capacity;
};

static void chunks_deinit(struct chunks *chunks)
{
	free(chunks->items);
}

static bool is_known_profile(uint64_t type)
{
	uint64_t profile = type & BTRFS_BLOCK_GROUP_PROFILE_MASK;

	return !(profile & ~(uint64_t)(RAID1_PROFILES | BTRFS_BLOCK_GROUP_DUP));
}

/* The second copy of DUP is on the same device: the file system may read either, and finds nothing that it checks. */
static size_t copies_of(uint64_t type, size_t stripe_count)
{
	return type & RAID1_PROFILES ? stripe_count : 1;
}

/* False if the item is not of that form. The stripes of a profile that is refused later are not looked at. */
static bool parse_chunk(uint64_t start, const uint8_t *item, size_t size, struct chunk *ret_chunk)
{
	struct btrfs_chunk raw;

	if (size < sizeof(raw))
		return false;
	memcpy(&raw, item, sizeof(raw));
	*ret_chunk = (struct chunk){ .start = start, .size_bytes = le64toh(raw.length), .type = le64toh(raw.type) };

	size_t stripe_count = le16toh(raw.num_stripes);

	if (!is_known_profile(ret_chunk->type))
		return true;
	ret_chunk->copy_count = copies_of(ret_chunk->type, stripe_count);
	if (!stripe_count || ret_chunk->copy_count > COPIES_MAX ||
	    size < sizeof(raw) + (stripe_count - 1) * sizeof(struct btrfs_stripe))
		return false;
	for (size_t i = 0; i < ret_chunk->copy_count; i++) {
		struct btrfs_stripe stripe;

		memcpy(&stripe, item + offsetof(struct btrfs_chunk, stripe) + i * sizeof(stripe), sizeof(stripe));
		ret_chunk->copies[i] = (struct copy){ le64toh(stripe.devid), le64toh(stripe.offset) };
	}
	return true;
}

#define SEARCH_BYTES 65536u

/* The chunks that begin at `*from` or later, as many as the buffer takes; *from moves behind them. */
static struct error *read_some(int fd, const char *path, struct btrfs_ioctl_search_args_v2 *search, uint64_t *from,
			       struct chunks *chunks)
{
	const uint8_t *at = (const uint8_t *)search->buf;

	search->key = (struct btrfs_ioctl_search_key){
		.tree_id = BTRFS_CHUNK_TREE_OBJECTID, .min_objectid = BTRFS_FIRST_CHUNK_TREE_OBJECTID,
		.max_objectid = BTRFS_FIRST_CHUNK_TREE_OBJECTID, .min_type = BTRFS_CHUNK_ITEM_KEY,
		.max_type = BTRFS_CHUNK_ITEM_KEY, .min_offset = *from, .max_offset = UINT64_MAX, .max_transid = UINT64_MAX,
		.nr_items = UINT32_MAX };
	search->buf_size = SEARCH_BYTES;
	if (ioctl(fd, BTRFS_IOC_TREE_SEARCH_V2, search))
		return error_errno(errno, "btrfs does not tell where the blocks of %s are (BTRFS_IOC_TREE_SEARCH_V2)", path);
	for (uint32_t i = 0; i < search->key.nr_items; i++) {
		struct btrfs_ioctl_search_header header;
		struct chunk chunk;

		memcpy(&header, at, sizeof(header));
		if (!parse_chunk(header.offset, at + sizeof(header), header.len, &chunk))
			return error_new("btrfs numbers the blocks of %s in a way that is not known: " ELSEWHERE, path);
		chunks->items = xgrow(chunks->items, &chunks->capacity, chunks->count + 1, sizeof(*chunks->items));
		chunks->items[chunks->count++] = chunk;
		at += sizeof(header) + header.len;
		*from = header.offset + 1;
	}
	return NULL;
}

static struct error *read_chunks(int fd, const char *path, struct chunks *ret_chunks)
{
	AUTO_FREE struct btrfs_ioctl_search_args_v2 *search = xcalloc(1, sizeof(*search) + SEARCH_BYTES);
	struct error *error = NULL;
	uint64_t from = 0;

	do
		error = read_some(fd, path, search, &from, ret_chunks);
	while (!error && search->key.nr_items);
	return error;
}

/* A device that is replaced or removed gets another number, or none. */
static struct error *find_device(int fd, const char *path, uint64_t id, dev_t *ret_device)
{
	struct btrfs_ioctl_dev_info_args info = { .devid = id };
	struct stat status;

	if (ioctl(fd, BTRFS_IOC_DEV_INFO, &info) || !*info.path)
		return error_new("the device %" PRIu64 " of the btrfs with %s is missing: add it, or " ELSEWHERE, id, path);
	info.path[sizeof(info.path) - 1] = '\0';
	if (stat((const char *)info.path, &status) || !S_ISBLK(status.st_mode))
		return error_new("the btrfs with %s is on %s, which is no device's name now: " ELSEWHERE, path,
				 (const char *)info.path);
	*ret_device = status.st_rdev;
	return NULL;
}

static const struct chunk *chunk_of(const struct chunks *chunks, uint64_t at)
{
	for (size_t i = 0; i < chunks->count; i++)
		if (at >= chunks->items[i].start && at - chunks->items[i].start < chunks->items[i].size_bytes)
			return &chunks->items[i];
	return NULL;
}

static struct error *map_piece(int fd, const char *path, const struct chunk *chunk, struct extent piece,
			       struct disk_blocks *blocks)
{
	struct error *error = NULL;

	if (!is_known_profile(chunk->type))
		return error_new("%s lies in stripes on several disks (RAID0, 10, 5 or 6 of btrfs): " ELSEWHERE, path);
	for (size_t i = 0; !error && i < chunk->copy_count; i++) {
		dev_t device = 0;

		error = find_device(fd, path, chunk->copies[i].device_id, &device);
		if (!error)
			disk_blocks_add(blocks, device, chunk->copies[i].offset + (piece.offset - chunk->start),
					piece.size_bytes);
	}
	return error;
}

static struct error *map_extent(int fd, const char *path, const struct chunks *chunks, struct extent extent,
				struct disk_blocks *blocks)
{
	struct error *error = NULL;

	while (!error && extent.size_bytes) {
		const struct chunk *chunk = chunk_of(chunks, extent.offset);

		if (!chunk)
			return error_new("the blocks of %s are moved now: try again later", path);

		uint64_t here = chunk->size_bytes - (extent.offset - chunk->start);
		struct extent piece = { extent.offset, here < extent.size_bytes ? here : extent.size_bytes };

		error = map_piece(fd, path, chunk, piece, blocks);
		extent.offset += piece.size_bytes;
		extent.size_bytes -= piece.size_bytes;
	}
	return error;
}

/* A balance and the like copy blocks elsewhere while they run. One that is paused does not. */
static struct error *check_rest(const char *root, int fd, const char *path)
{
	struct btrfs_ioctl_fs_info_args info = { 0 };
	struct btrfs_ioctl_feature_flags flags = { 0 };

	if (ioctl(fd, BTRFS_IOC_FS_INFO, &info) || ioctl(fd, BTRFS_IOC_GET_FEATURES, &flags))
		return error_errno(errno, "cannot find out which btrfs has %s", path);
	if (flags.incompat_flags & FOREIGN_FEATURES)
		return error_new("%s is on a btrfs with zones or trees of a new form, of which the blocks are not known: " ELSEWHERE,
				 path);

	const uint8_t *id = info.fsid;
	AUTO_FREE char *file = xasprintf("/sys/fs/btrfs/%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x/"
					 "exclusive_operation", id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7], id[8],
					 id[9], id[10], id[11], id[12], id[13], id[14], id[15]);
	AUTO_FREE char *text = first_line_or_null(root, file);

	/* Kernels before 5.10 do not tell. */
	if (!text || !strcmp(text, "none") || !strcmp(text, "balance paused"))
		return NULL;
	return error_new("btrfs may be moving the blocks of %s (%s): wait until that is done", path, text);
}

/* One copy is enough: a place that has all of it. */
static struct error *keep_whole(struct disk_blocks *blocks, uint64_t wanted_bytes, const char *path)
{
	size_t kept = 0;

	for (size_t i = 0; i < blocks->count; i++) {
		if (extents_bytes(&blocks->parts[i].blocks) == wanted_bytes)
			blocks->parts[kept++] = blocks->parts[i];
		else
			extents_deinit(&blocks->parts[i].blocks);
	}
	blocks->count = kept;
	return kept ? NULL :
		      error_new("%s lies on more than one disk of its btrfs, and none has all of it: " ELSEWHERE, path);
}

struct error *btrfs_chunks_map(const char *root, int fd, const char *path, const struct extents *logical,
			       struct disk_blocks *ret_blocks)
{
	AUTO_DISK_BLOCKS struct disk_blocks blocks = { 0 };
	__attribute__((cleanup(chunks_deinit))) struct chunks chunks = { 0 };
	struct error *error = check_rest(root, fd, path);

	if (!error)
		error = read_chunks(fd, path, &chunks);
	for (size_t i = 0; !error && i < logical->count; i++)
		error = map_extent(fd, path, &chunks, logical->items[i], &blocks);
	if (!error)
		error = keep_whole(&blocks, extents_bytes(logical), path);
	if (error)
		return error;
	*ret_blocks = blocks;
	blocks = (struct disk_blocks){ 0 };
	return NULL;
}
