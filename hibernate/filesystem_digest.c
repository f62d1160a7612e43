/* SPDX-License-Identifier: GPL-2.0-only */
#include "filesystem_digest.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "bytes.h"
#include "memory.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)

struct reader {
	int fd;
	const char *name;
	uint64_t end; /* of the device, bytes */
	XXH3_state_t *state;
};

static struct error *read_exactly(const struct reader *reader, uint64_t offset, uint8_t *to, size_t size)
{
	while (size) {
		ssize_t got = TEMP_FAILURE_RETRY(pread(reader->fd, to, size, (off_t)offset));

		if (got < 0)
			return error_errno(errno, "cannot read %zu bytes at offset %" PRIu64 " of %s", size, offset,
					   reader->name);
		if (!got)
			return error_new("%s ends before offset %" PRIu64, reader->name, offset + size);
		to += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return NULL;
}

/* Digests [offset, offset + size) as far as the device has it, and where that is. */
static struct error *add_region(const struct reader *reader, uint64_t offset, uint64_t size)
{
	uint8_t block[64 * 1024];
	uint64_t start = offset < reader->end ? offset : reader->end;
	uint64_t end = size < reader->end - start ? start + size : reader->end;
	uint64_t where[2] = { start, end };

	XXH3_128bits_update(reader->state, where, sizeof(where));
	while (start < end) {
		size_t part = end - start < sizeof(block) ? (size_t)(end - start) : sizeof(block);
		struct error *error = read_exactly(reader, start, block, part);

		if (error)
			return error;
		XXH3_128bits_update(reader->state, block, part);
		start += part;
	}
	return NULL;
}

/* A sector; zeros where the device ends before. */
static struct error *read_sector(const struct reader *reader, uint64_t offset, uint8_t sector[512])
{
	memset(sector, 0, 512);
	return offset <= reader->end && reader->end - offset >= 512 ? read_exactly(reader, offset, sector, 512) : NULL;
}

/*
 * The table of clusters and all before it: new and longer files change it, but not the programs of
 * the firmware that overwrite a small file in place at each boot. Linux marks a file system that
 * is mounted, in the boot sector. Offsets: Microsoft, FAT specification, 3.1 to 3.3.
 */
static struct error *add_vfat(const struct reader *reader)
{
	uint8_t sector[512];
	struct error *error = read_sector(reader, 0, sector);
	uint64_t bytes_per_sector = load_u16(sector + 11), reserved = load_u16(sector + 14);
	uint64_t table = load_u16(sector + 22) ? load_u16(sector + 22) : load_u32(sector + 36);
	uint64_t size = (reserved + table) * bytes_per_sector;

	return error ? error : add_region(reader, 0, size < 16 * MIB ? size : 16 * MIB);
}

static uint32_t be32(const uint8_t *from)
{
	return be32toh(load_u32(from));
}

/* The number of the log's round in which a block of the log was written (xlog_get_cycle, fs/xfs/xfs_log_priv.h). */
static struct error *xfs_log_cycle(const struct reader *reader, uint64_t offset, uint32_t *ret_cycle)
{
	uint8_t sector[512];
	struct error *error = read_sector(reader, offset, sector);

	*ret_cycle = be32(sector) == 0xfeedbabe ? be32(sector + 4) : be32(sector);
	return error;
}

/*
 * XFS may be mounted, written to and cut off with its superblock as it was, but
 * never with its log as it was. The log is written round and round; its blocks
 * begin with the number of the round, so the place where that changes is found
 * by bisection, and moves with every write (fs/xfs/xfs_log_recover.c, xlog_find_head).
 */
static struct error *add_xfs_log(const struct reader *reader, uint64_t start, uint64_t size)
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
	XXH3_128bits_update(reader->state, &first, sizeof(first));
	return add_region(reader, start + (low < 8 ? 0 : (low - 7) * 512), 4 * KIB);
}

/* Offsets: struct xfs_dsb, fs/xfs/libxfs/xfs_format.h; big endian. */
static struct error *add_xfs(const struct reader *reader)
{
	uint8_t sector[512];
	struct error *error = read_sector(reader, 0, sector);
	uint64_t block_bytes = be32(sector + 4), log_start = be64toh(load_u64(sector + 48));
	uint64_t group_blocks = be32(sector + 84), log_blocks = be32(sector + 96);
	uint8_t group_log = sector[124] & 63;
	uint64_t group = log_start >> group_log, block = log_start & ((UINT64_C(1) << group_log) - 1);

	if (!error)
		error = add_region(reader, 0, 4 * KIB);
	/* 0: the log is on another device, which libblkid shows as one of its own. */
	if (error || !log_start || !log_blocks || !block_bytes || group > UINT32_MAX || block > UINT32_MAX)
		return error;

	uint64_t start_block = group * group_blocks + block;
	uint64_t device_blocks = reader->end / block_bytes;

	if (start_block > device_blocks || log_blocks > device_blocks - start_block)
		return NULL;
	return add_xfs_log(reader, start_block * block_bytes, log_blocks * block_bytes);
}

/* What has one place only. */
static const struct {
	const char *type;
	uint64_t offset, size;
} places[] = {
	{ "ext2", 1024, 1024 },	       { "ext3", 1024, 1024 },	{ "ext4", 1024, 1024 },	    { "ext4dev", 1024, 1024 },
	{ "jbd", 1024, 1024 },	       { "btrfs", 64 * KIB, 4 * KIB }, { "f2fs", 0, 8 * MIB }, { "swap", 0, MIB },
	{ "swsuspend", 0, MIB },
};

static struct error *add_all(const struct reader *reader, const char *type, uint64_t magic_offset)
{
	if (!strcmp(type, "vfat"))
		return add_vfat(reader);
	if (!strcmp(type, "xfs"))
		return add_xfs(reader);
	for (size_t i = 0; i < ARRAY_COUNT(places); i++)
		if (!strcmp(type, places[i].type))
			return add_region(reader, places[i].offset, places[i].size);

	struct error *error = add_region(reader, 0, 64 * KIB);

	return error ? error : add_region(reader, magic_offset - magic_offset % (4 * KIB), 4 * KIB);
}

struct error *filesystem_digest(int fd, const char *name, const char *type, uint64_t device_bytes,
				uint64_t magic_offset, uint8_t ret_digest[KJUMP_FILESYSTEM_DIGEST_BYTES])
{
	XXH3_state_t state;
	const struct reader reader = { fd, name, device_bytes, &state };
	XXH128_canonical_t digest;

	XXH3_128bits_reset(&state);

	struct error *error = add_all(&reader, type, magic_offset);

	if (error)
		return error;
	XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(&state));
	memcpy(ret_digest, digest.digest, KJUMP_FILESYSTEM_DIGEST_BYTES);
	return NULL;
}
