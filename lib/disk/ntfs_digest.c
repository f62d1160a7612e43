/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/ntfs_digest.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/base/sizes.h"

/* Offsets and numbers: fs/ntfs3/ntfs.h (struct NTFS_BOOT, NTFS_RECORD_HEADER, MFT_REC, ATTRIB). */
#define RECORD_MFT 0
#define RECORD_LOG 2
#define RECORD_BITMAP 6
#define ATTRIBUTE_DATA 0x80
#define ATTRIBUTE_BITMAP 0xb0
#define ATTRIBUTE_END 0xffffffff
#define RECORD_BYTES_MAX 4096 /* MAXIMUM_BYTES_PER_MFT */
#define CLUSTER_BYTES_MAX (2 * MIB)

struct ntfs {
	uint64_t cluster_bytes, cluster_count; /* as far as the device has them */
	uint64_t table;                        /* where $MFT begins, bytes */
	uint32_t record_bytes;
};

/* Up to 128 the number itself, else a power of two: fs/ntfs3/super.c, true_sectors_per_clst. */
static uint32_t sectors_per_cluster(uint8_t number)
{
	unsigned int log = 256u - number;

	if (number <= 0x80)
		return number;
	return log <= 12 ? 1u << log : 0;
}

static bool parse_boot(const uint8_t *sector, uint64_t device_bytes, struct ntfs *ret_ntfs)
{
	uint64_t cluster = (uint64_t)load_u16(sector + 0x0b) * sectors_per_cluster(sector[0x0d]);
	uint64_t table = load_u64(sector + 0x30);
	int size = sector[0x40] < 0x80 ? sector[0x40] : sector[0x40] - 256;
	uint64_t record = size > 0 ? (uint64_t)size * cluster : size >= -12 ? UINT64_C(1) << -size : 0;

	if (cluster < 256 || cluster > CLUSTER_BYTES_MAX || record < 512 || record > RECORD_BYTES_MAX ||
	    table >= device_bytes / cluster)
		return false;
	*ret_ntfs = (struct ntfs){ cluster, device_bytes / cluster, table * cluster, (uint32_t)record };
	return true;
}

/* A record on the disk keeps the last two bytes of its sectors at its beginning. */
static bool undo_fixups(uint8_t *record, uint32_t size)
{
	uint64_t offset = load_u16(record + 4), count = load_u16(record + 6);

	if (memcmp(record, "FILE", 4) != 0 || !count || count - 1 > size / 512 || offset + 2 * count > size)
		return false;
	for (uint64_t i = 1; i < count; i++) {
		uint16_t kept = load_u16(record + offset + 2 * i);

		memcpy(record + i * 512 - 2, &kept, sizeof(kept));
	}
	return true;
}

/* The runs of a file's attribute without a name; false if there is none, or its data lies in the record. */
static bool find_runs(struct bytes record, uint32_t type, struct bytes *ret_runs)
{
	uint64_t offset = bytes_u16(record, 0x14);
	struct bytes attribute;

	while (bytes_part(record, offset, bytes_u32(record, offset + 4), &attribute)) {
		uint32_t found = bytes_u32(attribute, 0);

		if (attribute.size < 24 || found == ATTRIBUTE_END)
			return false;
		if (found == type && !attribute.data[9] && attribute.data[8]) {
			uint64_t runs = bytes_u16(attribute, 0x20);

			return runs <= attribute.size &&
			       bytes_part(attribute, runs, attribute.size - runs, ret_runs);
		}
		offset += attribute.size;
	}
	return false;
}

struct run {
	uint64_t cluster, cluster_count;
	bool is_hole;
};

/*
 * The next run, after *run: a byte with the sizes of two numbers, then the number of clusters, and the distance
 * from the previous run (run_unpack, fs/ntfs3/run.c). False at the end, or if it is damaged.
 */
static bool next_run(struct bytes runs, uint64_t *offset, struct run *run)
{
	uint8_t sizes = *offset < runs.size ? runs.data[*offset] : 0;
	uint64_t count_size = sizes & 15, step_size = sizes >> 4, count = 0, step = 0;

	if (!count_size || count_size > 8 || step_size > 8 ||
	    !bytes_contain(runs, *offset + 1, count_size + step_size))
		return false;
	const uint8_t *at = runs.data + *offset + 1;

	for (uint64_t i = count_size; i--;)
		count = count << 8 | at[i];
	if (step_size && at[count_size + step_size - 1] & 0x80)
		step = UINT64_MAX;
	for (uint64_t i = step_size; i--;)
		step = step << 8 | at[count_size + i];
	*offset += 1 + count_size + step_size;
	*run = (struct run){ run->cluster + step, count, !step_size };
	return true;
}

static struct error *add_runs(const struct digest_reader *reader, const struct ntfs *ntfs, struct bytes runs,
			      uint64_t limit)
{
	struct run run = { 0 };
	uint64_t offset = 0;
	struct error *error = NULL;

	while (!error && limit && next_run(runs, &offset, &run)) {
		if (run.is_hole)
			continue;
		if (run.cluster >= ntfs->cluster_count)
			break;
		uint64_t size = run.cluster_count < limit / ntfs->cluster_bytes ?
					run.cluster_count * ntfs->cluster_bytes : limit;

		error = digest_reader_add(reader, run.cluster * ntfs->cluster_bytes, size);
		limit -= size;
	}
	return error;
}

/* Digests up to `limit` bytes of a system file; these have low numbers. */
static struct error *add_file(const struct digest_reader *reader, const struct ntfs *ntfs, uint64_t number,
			      uint32_t type, uint64_t limit)
{
	uint8_t record[RECORD_BYTES_MAX];
	struct bytes runs;
	struct error *error = digest_reader_read(reader, ntfs->table + number * ntfs->record_bytes, record,
						 ntfs->record_bytes);

	if (error || !undo_fixups(record, ntfs->record_bytes) ||
	    !find_runs((struct bytes){ record, ntfs->record_bytes }, type, &runs))
		return error;
	return add_runs(reader, ntfs, runs, limit);
}

struct error *ntfs_digest_add(const struct digest_reader *reader)
{
	uint8_t sector[512];
	struct ntfs ntfs;
	struct error *error = digest_reader_add(reader, 0, 64 * KIB);

	if (!error)
		error = digest_reader_read(reader, 0, sector, sizeof(sector));
	if (error || !parse_boot(sector, reader->end, &ntfs))
		return error;
	error = digest_reader_add(reader, ntfs.table, MIB);
	if (!error)
		error = add_file(reader, &ntfs, RECORD_LOG, ATTRIBUTE_DATA, 64 * KIB);
	if (!error)
		error = add_file(reader, &ntfs, RECORD_BITMAP, ATTRIBUTE_DATA, 8 * MIB);
	if (!error)
		error = add_file(reader, &ntfs, RECORD_MFT, ATTRIBUTE_BITMAP, MIB);
	return error;
}
