/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/filesystem_digest.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/disk/digest_reader.h"
#include "lib/disk/ntfs_digest.h"

_Static_assert(DIGEST_READER_BYTES == KJUMP_FILESYSTEM_DIGEST_BYTES, "size of a digest");

/*
 * The table of clusters and all before it: new and longer files change it, but not the programs of
 * the firmware that overwrite a small file in place at each boot. Linux marks a file system that
 * is mounted, in the boot sector. Offsets: Microsoft, FAT specification, 3.1 to 3.3.
 */
static struct error *add_vfat(const struct digest_reader *reader)
{
	uint8_t sector[512];
	struct error *error = digest_reader_read(reader, 0, sector, sizeof(sector));
	uint64_t bytes_per_sector = load_u16(sector + 11), reserved = load_u16(sector + 14);
	uint64_t table = load_u16(sector + 22) ? load_u16(sector + 22) : load_u32(sector + 36);
	uint64_t size = (reserved + table) * bytes_per_sector;

	return error ? error : digest_reader_add(reader, 0, size < 16 * MIB ? size : 16 * MIB);
}

/*
 * The map of clusters in use. An entry of 32 bytes at the beginning of the root folder contains its place;
 * it is contiguous (exfat_allocate_bitmap, fs/exfat/balloc.c).
 */
static struct error *add_exfat_bitmap(const struct digest_reader *reader, uint64_t root, uint64_t heap,
				      unsigned int cluster_shift)
{
	uint8_t entries[4 * 1024];
	struct error *error = digest_reader_read(reader, root, entries, sizeof(entries));
	size_t at = 0;

	while (!error && at < sizeof(entries) && entries[at] != 0x81)
		at += 32;
	if (error || at == sizeof(entries) || load_u32(entries + at + 20) < 2)
		return error;
	uint64_t size = load_u64(entries + at + 24);

	return digest_reader_add(reader, heap + ((load_u32(entries + at + 20) - UINT64_C(2)) << cluster_shift),
				 size < 8 * MIB ? size : 8 * MIB);
}

/*
 * As vfat: the table of clusters and all before it, with the mark of a file system that is mounted.
 * A file in one piece is not in that table, so the map of clusters in use, too; and the root folder's
 * beginning. Offsets: Microsoft, exFAT file system specification, 3.1 and 7.1; clusters count from 2.
 */
static struct error *add_exfat(const struct digest_reader *reader)
{
	uint8_t sector[512];
	struct error *error = digest_reader_read(reader, 0, sector, sizeof(sector));
	unsigned int sector_shift = sector[108], cluster_shift = sector_shift + sector[109];
	uint64_t root_cluster = load_u32(sector + 96);

	/* The specification's limits: sectors of 512 bytes to 4 KiB, clusters up to 32 MiB. */
	if (error || sector_shift < 9 || sector_shift > 12 || cluster_shift > 25 || root_cluster < 2)
		return error ? error : digest_reader_add(reader, 0, 64 * KIB);

	uint64_t size = ((uint64_t)load_u32(sector + 80) + load_u32(sector + 84)) << sector_shift;
	uint64_t heap = (uint64_t)load_u32(sector + 88) << sector_shift;
	uint64_t root = heap + ((root_cluster - 2) << cluster_shift), root_size = UINT64_C(1) << cluster_shift;

	error = digest_reader_add(reader, 0, size < 16 * MIB ? size : 16 * MIB);
	if (!error)
		error = digest_reader_add(reader, root, root_size < MIB ? root_size : MIB);
	return error ? error : add_exfat_bitmap(reader, root, heap, cluster_shift);
}

static uint32_t be32(const uint8_t *from)
{
	return be32toh(load_u32(from));
}

/* The log's cycle in which a block of the log was written (xlog_get_cycle, fs/xfs/xfs_log_priv.h). */
static struct error *xfs_log_cycle(const struct digest_reader *reader, uint64_t offset, uint32_t *ret_cycle)
{
	uint8_t sector[512];
	struct error *error = digest_reader_read(reader, offset, sector, sizeof(sector));

	*ret_cycle = be32(sector) == 0xfeedbabe ? be32(sector + 4) : be32(sector);
	return error;
}

/*
 * XFS may be mounted, written to and interrupted with an unchanged superblock,
 * but never with an unchanged log. The log is a ring; its blocks begin with the
 * number of the cycle, so the place where that changes is found by bisection,
 * and moves with every write (fs/xfs/xfs_log_recover.c, xlog_find_head).
 */
static struct error *add_xfs_log(const struct digest_reader *reader, uint64_t start, uint64_t size)
{
	uint64_t low = 0, high = size / 512;
	uint32_t first, cycle;
	struct error *error = xfs_log_cycle(reader, start, &first);

	while (!error && high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		error = xfs_log_cycle(reader, start + middle * 512, &cycle);
		if (cycle == first)
			low = middle;
		else
			high = middle;
	}
	if (error)
		return error;
	digest_reader_add_number(reader, first);
	return digest_reader_add(reader, start + (low < 8 ? 0 : (low - 7) * 512), 4 * KIB);
}

/* Offsets: struct xfs_dsb, fs/xfs/libxfs/xfs_format.h; big endian. */
static struct error *add_xfs(const struct digest_reader *reader)
{
	uint8_t sector[512];
	struct error *error = digest_reader_read(reader, 0, sector, sizeof(sector));
	uint64_t block_bytes = be32(sector + 4), log_start = be64toh(load_u64(sector + 48));
	uint64_t group_blocks = be32(sector + 84), log_blocks = be32(sector + 96);
	uint8_t group_log = sector[124] & 63;
	uint64_t group = log_start >> group_log, block = log_start & ((UINT64_C(1) << group_log) - 1);

	if (!error)
		error = digest_reader_add(reader, 0, 4 * KIB);
	/* 0: the log is on another device, which libblkid finds there. */
	if (error || !log_start || !log_blocks || !block_bytes || group > UINT32_MAX || block > UINT32_MAX)
		return error;

	uint64_t start_block = group * group_blocks + block;
	uint64_t device_blocks = reader->end / block_bytes;

	if (start_block > device_blocks || log_blocks > device_blocks - start_block)
		return NULL;
	return add_xfs_log(reader, start_block * block_bytes, log_blocks * block_bytes);
}

#define SWAP_SAMPLES 2048 /* and up to twice as many, as the step is odd */
#define SWAP_PAGE_BYTES 4096

/*
 * swapon writes nothing, and swapping begins anywhere: on most disks Linux takes clusters of 1 or 2 MiB from
 * the whole area, and fills each from its first page on (mm/swapfile.c, SWAPFILE_CLUSTER). So the first page
 * of every MiB, or, in a large area, of every third, fifth and so on: an odd number, since the clusters that
 * are taken one after the other are a power of two apart (SWAP_CLUSTER_COLS).
 */
static struct error *add_swap(const struct digest_reader *reader)
{
	uint64_t step = (reader->end / MIB / SWAP_SAMPLES | 1) * MIB;
	struct error *error = digest_reader_add(reader, 0, MIB);

	for (uint64_t offset = step; offset < reader->end; offset += step)
		digest_reader_expect(reader, offset, SWAP_PAGE_BYTES);
	for (uint64_t offset = step; !error && offset < reader->end; offset += step)
		error = digest_reader_add(reader, offset, SWAP_PAGE_BYTES);
	return error;
}

/* Types with one place only. */
static const struct {
	const char *type;
	uint64_t offset, size;
} places[] = {
	{ "ext2", 1024, 1024 },	       { "ext3", 1024, 1024 },	{ "ext4", 1024, 1024 },	    { "ext4dev", 1024, 1024 },
	{ "jbd", 1024, 1024 },	       { "btrfs", 64 * KIB, 4 * KIB }, { "f2fs", 0, 8 * MIB },
};

/* Types whose places a function finds. */
static const struct {
	const char *type;
	struct error *(*add)(const struct digest_reader *reader);
} ways[] = {
	{ "vfat", add_vfat }, { "exfat", add_exfat }, { "ntfs", ntfs_digest_add },
	{ "xfs", add_xfs },   { "swap", add_swap },   { "swsuspend", add_swap },
};

static struct error *add_all(const struct digest_reader *reader, const char *type, uint64_t magic_offset)
{
	for (size_t i = 0; i < ARRAY_COUNT(ways); i++)
		if (!strcmp(type, ways[i].type))
			return ways[i].add(reader);
	for (size_t i = 0; i < ARRAY_COUNT(places); i++)
		if (!strcmp(type, places[i].type))
			return digest_reader_add(reader, places[i].offset, places[i].size);

	struct error *error = digest_reader_add(reader, 0, 64 * KIB);

	return error ? error : digest_reader_add(reader, magic_offset - magic_offset % (4 * KIB), 4 * KIB);
}

struct error *filesystem_digest(int fd, const char *name, const char *type, uint64_t device_bytes,
				uint64_t magic_offset, uint8_t ret_digest[KJUMP_FILESYSTEM_DIGEST_BYTES])
{
	AUTO_DIGEST_READER struct digest_reader reader = { 0 };

	digest_reader_init(&reader, fd, name, device_bytes);

	struct error *error = add_all(&reader, type, magic_offset);

	if (!error)
		digest_reader_result(&reader, ret_digest);
	return error;
}

struct error *filesystem_digest_ranges(int fd, const char *name, const char *type, uint64_t device_bytes,
				       uint64_t magic_offset, struct digest_ranges *ret_ranges)
{
	AUTO_DIGEST_READER struct digest_reader reader = { 0 };

	digest_reader_init(&reader, fd, name, device_bytes);
	reader.ranges = ret_ranges;

	struct error *error = add_all(&reader, type, magic_offset);

	if (!error)
		digest_ranges_tidy(ret_ranges);
	return error;
}
