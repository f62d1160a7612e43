/* SPDX-License-Identifier: GPL-2.0-only */
/* Which writes to an NTFS its digest notices, and that a damaged one does no harm. */
#include "lib/disk/filesystem_digest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/sparse_device.h"

/* Sectors of 512 bytes, clusters of 4 KiB, records of 1 KiB from cluster 1000 on. */
#define NTFS_TABLE (UINT64_C(1000) * 4096)
#define NTFS_LOG (UINT64_C(3000) * 4096)
#define NTFS_BITMAP (UINT64_C(3500) * 4096)
#define NTFS_TABLE_BITMAP (UINT64_C(900) * 4096)

/* A record with a resident attribute, a named one, and then the one with these runs. */
static void write_record(const struct device *device, uint64_t number, uint8_t type, const void *runs, size_t size)
{
	uint64_t at = NTFS_TABLE + number * 1024, second = at + 56 + 96, third = second + 72;

	write_at(device, at, "FILE", 4);
	write_number(device, at + 4, 48, 2); /* the fixups: the number, and what two sectors had at their ends */
	write_number(device, at + 6, 3, 2);
	write_number(device, at + 20, 56, 2);
	write_number(device, at + 56, 0x10, 4);
	write_number(device, at + 60, 96, 4);
	write_number(device, second, type, 4);
	write_number(device, second + 4, 72, 4);
	write_number(device, second + 8, 0x0101, 2);
	write_number(device, second + 32, 64, 2);
	write_number(device, third, type, 4);
	write_number(device, third + 4, 512, 4);
	write_number(device, third + 8, 1, 1);
	write_number(device, third + 32, 282, 2); /* so that they go across the first sector's end */
	write_at(device, third + 282, runs, size);
	write_at(device, at + 50, (const uint8_t[]){ 0 }, 1);
	/* What belongs at the sector's end is in the second fixup; there, the number is. */
	uint16_t kept;

	if (pread(device->fd, &kept, 2, (off_t)(at + 510)) != 2)
		exit(2);
	write_number(device, at + 50, kept, 2);
	write_number(device, at + 510, 0xeeee, 2);
	write_number(device, at + 48, 0xeeee, 2);
}

static struct device make_ntfs(void)
{
	/* 3 clusters at 3000, a hole of 5, 2 at 3000 - 256; 4 at 3500; 1 at 900 */
	static const uint8_t log[] = { 0x21, 3, 0xb8, 0x0b, 0x01, 5, 0x21, 2, 0x00, 0xff, 0 };
	static const uint8_t bitmap[] = { 0x22, 4, 0, 0xac, 0x0d, 0 }, table_bitmap[] = { 0x21, 1, 0x84, 0x03, 0 };
	struct device device = make_device("ntfs");

	write_number(&device, 0x0b, 512, 2);
	write_number(&device, 0x0d, 8, 1);
	write_number(&device, 0x30, 1000, 8);
	write_number(&device, 0x40, 0xf6, 1);
	write_record(&device, 0, 0xb0, table_bitmap, sizeof(table_bitmap));
	write_record(&device, 2, 0x80, log, sizeof(log));
	write_record(&device, 6, 0x80, bitmap, sizeof(bitmap));
	return device;
}

static void test_ntfs(void)
{
	struct device device = make_ntfs();

	ok(notices(&device, 3), "ntfs: the boot sector is looked at");
	ok(notices(&device, NTFS_TABLE + 3 * 1024 + 48), "ntfs: the number of how often $Volume was written is");
	ok(notices(&device, NTFS_TABLE + 1023 * 1024) && !notices(&device, NTFS_TABLE + 1024 * 1024),
	   "ntfs: the first thousand files are");
	ok(notices(&device, NTFS_LOG) && notices(&device, NTFS_LOG + 3 * 4096 - 1) &&
	   !notices(&device, NTFS_LOG + 3 * 4096), "ntfs: the log's first piece is");
	ok(notices(&device, NTFS_LOG - 256 * 4096) && notices(&device, NTFS_LOG - 254 * 4096 - 1) &&
	   !notices(&device, NTFS_LOG - 254 * 4096), "ntfs: and the one behind a hole");
	ok(notices(&device, NTFS_BITMAP + 4 * 4096 - 1) && !notices(&device, NTFS_BITMAP + 4 * 4096),
	   "ntfs: the map of clusters in use is");
	ok(notices(&device, NTFS_TABLE_BITMAP) && !notices(&device, NTFS_TABLE_BITMAP + 4096),
	   "ntfs: the map of records in use is");
	write_number(&device, 0x0d, 0xfd, 1); /* 8 once more, by its logarithm */
	ok(notices(&device, NTFS_LOG) && !notices(&device, NTFS_LOG + 3 * 4096), "ntfs: large clusters have a sign");
	close(device.fd);
}

/* All that a record of a damaged file system says is wrong in turn. */
static void test_damaged_ntfs(void)
{
	struct device device = make_ntfs();
	/* At cluster 2^52 + 3500: times 4096, 64 bits are too few. */
	static const uint8_t far[] = { 0x71, 4, 0xac, 0x0d, 0, 0, 0, 0, 0x10, 0 };
	static const uint8_t wide[] = { 0x81, 0xff, 0xb8, 0x0b, 0, 0, 0, 0, 0, 0, 0x88, 9, 9, 9 };
	uint8_t digest[KJUMP_FILESYSTEM_DIGEST_BYTES];
	bool good = true;

	for (uint64_t at = 0; at < 1024; at++) {
		write_number(&device, NTFS_TABLE + 2 * 1024 + at, 0xff, 1);
		good = good && !filesystem_digest(device.fd, "device", "ntfs", DEVICE_BYTES, 0, digest);
	}
	ok(good, "ntfs: a damaged record does no harm");
	close(device.fd);
	device = make_ntfs();
	write_record(&device, 2, 0x80, wide, sizeof(wide));
	ok(notices(&device, NTFS_LOG + 16 * 4096 - 1) && !notices(&device, NTFS_LOG + 16 * 4096),
	   "ntfs: a long run is looked at in part, and what is wrong behind it is not");
	ok(notices(&device, NTFS_BITMAP), "ntfs: another file is as it was");
	write_record(&device, 6, 0x80, far, sizeof(far));
	ok(no_error(digest_of(&device, digest)), "its digest can be made");
	ok(!notices(&device, NTFS_BITMAP), "ntfs: a run behind the device is not there");
	close(device.fd);
	device = make_ntfs();
	write_number(&device, NTFS_TABLE + 6 * 1024 + 56 + 96 + 72 + 8, 0, 1);
	ok(!notices(&device, NTFS_BITMAP), "ntfs: what lies in the record has no runs");
	write_number(&device, 0x30, UINT64_MAX, 8);
	ok(!notices(&device, NTFS_TABLE), "ntfs: nor is such a table");
	write_number(&device, 0x30, 1000, 8);
	write_number(&device, 0x40, 0x80, 1);
	ok(!notices(&device, NTFS_TABLE), "ntfs: records of 2^128 bytes are not believed");
	close(device.fd);
}

int main(void)
{
	test_ntfs();
	test_damaged_ntfs();
	return tap_done();
}
