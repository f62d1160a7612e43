/* SPDX-License-Identifier: GPL-2.0-only */
/* Which writes to a file system its digest notices, on sparse files that have the few fields it looks at. */
#include "lib/disk/filesystem_digest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/mount_source.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/sparse_device.h"

static void test_superblocks(void)
{
	static const struct {
		const char *type;
		uint64_t noticed, not_noticed;
		const char *what;
	} cases[] = {
		{ "ext4", 1024 + 0x34, 4096, "mount count" },
		{ "ext2", 1024 + 0x3a, 1023, "state" },
		{ "btrfs", 65536 + 0x48, 65536 + 4096, "generation" },
		{ "swap", 4086, (2 << 20) + 4096, "header" },
		{ "swap", 65536, (2 << 20) - 1, "first slots" },
		{ "swsuspend", 63 << 20, (63 << 20) + 4096, "the last MiB's first page" },
		{ "f2fs", 3 << 20, 9 << 20, "checkpoint" },
		{ "ntfs", 3, 128 << 10, "first sector" },
		{ "exfat", 3, 128 << 10, "first sector" },
		{ "", 40000, 128 << 10, "the beginning of something unknown" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct device device = make_device(cases[i].type);

		ok(notices(&device, cases[i].noticed), "%s: %s is looked at", cases[i].type, cases[i].what);
		ok(!notices(&device, cases[i].not_noticed), "%s: its data is not", cases[i].type);
		close(device.fd);
	}
}

static void test_magic_at_the_end(void)
{
	struct device device = make_device("linux_raid_member");

	device.magic_offset = DEVICE_BYTES - 8192 + 16;
	ok(notices(&device, DEVICE_BYTES - 8192 + 20), "a RAID's superblock is looked at where its magic is");
	ok(!notices(&device, DEVICE_BYTES - 4096), "and no more than that");
	close(device.fd);
}

/* 32 reserved sectors and a table of 200. */
static void test_vfat(void)
{
	struct device device = make_device("vfat");

	write_number(&device, 11, 512, 2);
	write_number(&device, 14, 32, 2);
	write_number(&device, 36, 200, 4);
	ok(notices(&device, 0x41), "vfat: the mark of a mounted FAT32 is looked at");
	ok(notices(&device, 231 * 512), "vfat: the table of clusters is, to its end");
	ok(!notices(&device, 232 * 512), "vfat: its data is not");
	write_number(&device, 22, 100, 2);
	ok(!notices(&device, 132 * 512), "vfat: FAT16 tells the table's size at another place");
	write_number(&device, 36, UINT32_MAX, 4);
	write_number(&device, 22, 0, 2);
	ok(notices(&device, (16 << 20) - 1) && !notices(&device, 16 << 20), "vfat: a large table is looked at in part");
	close(device.fd);
}

/* Sectors of 512 bytes, clusters of 4 KiB; 2 MiB before them, a table of 1000 sectors from sector 2048 on. */
#define EXFAT_HEAP (UINT64_C(2) << 20)
#define EXFAT_ROOT (EXFAT_HEAP + 98 * 4096)
#define EXFAT_BITMAP (EXFAT_HEAP + 10 * 4096)

static struct device make_exfat(void)
{
	struct device device = make_device("exfat");

	write_number(&device, 80, 2048, 4);
	write_number(&device, 84, 1000, 4);
	write_number(&device, 88, EXFAT_HEAP / 512, 4);
	write_number(&device, 96, 100, 4);
	write_number(&device, 108, 9, 1);
	write_number(&device, 109, 3, 1);
	/* A label, then the map of clusters: of 5000 bytes, from cluster 12 on. */
	write_number(&device, EXFAT_ROOT, 0x83, 1);
	write_number(&device, EXFAT_ROOT + 32, 0x81, 1);
	write_number(&device, EXFAT_ROOT + 32 + 20, 12, 4);
	write_number(&device, EXFAT_ROOT + 32 + 24, 5000, 8);
	return device;
}

static void test_exfat(void)
{
	struct device device = make_exfat();

	ok(notices(&device, 106), "exfat: the mark of a mounted one is looked at");
	ok(notices(&device, 3047 * 512), "exfat: the table of clusters is, to its end");
	ok(!notices(&device, 3048 * 512), "exfat: what is between it and the clusters is not");
	ok(notices(&device, EXFAT_ROOT + 4095) && !notices(&device, EXFAT_ROOT + 4096),
	   "exfat: the root folder's first cluster is");
	ok(notices(&device, EXFAT_BITMAP) && notices(&device, EXFAT_BITMAP + 4999) &&
	   !notices(&device, EXFAT_BITMAP + 5000), "exfat: the map of clusters in use is, and its data is not");
	write_number(&device, EXFAT_ROOT + 32 + 24, UINT64_MAX, 8);
	ok(notices(&device, EXFAT_BITMAP + (8 << 20) - 1) && !notices(&device, EXFAT_BITMAP + (8 << 20)),
	   "exfat: a large map is looked at in part");
	write_number(&device, EXFAT_ROOT + 32 + 20, UINT32_MAX, 4);
	ok(!notices(&device, EXFAT_BITMAP), "exfat: a map behind the device is not there");
	write_number(&device, 84, UINT32_MAX, 4);
	ok(notices(&device, (16 << 20) - 1) && !notices(&device, 16 << 20), "exfat: a large table is looked at in part");
	write_number(&device, 109, 17, 1);
	ok(notices(&device, 3) && !notices(&device, 128 << 10), "exfat: clusters of 64 MiB are not believed");
	close(device.fd);
}

/* A small area at every MiB; a large one at every third or so, wherever a system begins to swap. */
static void test_swap(void)
{
	struct device device = make_device("swap");
	uint8_t before[KJUMP_FILESYSTEM_DIGEST_BYTES], after[KJUMP_FILESYSTEM_DIGEST_BYTES];
	const uint64_t large = UINT64_C(9) << 30, cluster = 2 << 20;
	bool all = true;

	for (uint64_t at = 1 << 20; at < DEVICE_BYTES; at += 1 << 20)
		all = all && notices(&device, at);
	ok(all, "swap: the first slot of every MiB is looked at");
	if (ftruncate(device.fd, (off_t)large) ||
	    filesystem_digest(device.fd, "device", "swap", large, 0, before))
		exit(2);
	/* Linux takes every 32nd cluster of 2 MiB, or every 64th of 1 MiB, one after the other. */
	for (uint64_t column = 0; column < 32; column++) {
		for (uint64_t at = cluster * (column + 32); at < cluster * (column + 32 * 6); at += 32 * cluster)
			write_number(&device, at, 1, 1);
		if (filesystem_digest(device.fd, "device", "swap", large, 0, after))
			exit(2);
		all = all && memcmp(before, after, sizeof(before)) != 0;
		memcpy(before, after, sizeof(before));
	}
	ok(all, "swap: in an area of 9 GiB, five clusters are noticed wherever they are");
	close(device.fd);
}

/* Blocks of 4 KiB, a log of 1 MiB in the second group, at block 10 of it. */
#define XFS_LOG ((UINT64_C(1000) + 10) * 4096)

static struct device make_xfs(void)
{
	struct device device = make_device("xfs");

	write_big_endian(&device, 4, 4096, 4);
	write_big_endian(&device, 48, (UINT64_C(1) << 10) + 10, 8);
	write_big_endian(&device, 84, 1000, 4);
	write_big_endian(&device, 96, 256, 4);
	write_number(&device, 124, 10, 1);
	for (uint64_t block = 0; block < 2048; block++) {
		uint64_t at = XFS_LOG + block * 512, cycle = block < 777 ? 6 : 5;

		/* Every tenth begins a record: the magic, then the cycle. */
		if (block % 10 == 0)
			write_big_endian(&device, at, 0xfeedbabe, 4);
		write_big_endian(&device, block % 10 ? at : at + 4, cycle, 4);
	}
	return device;
}

static void test_xfs(void)
{
	struct device device = make_xfs();
	uint8_t before[KJUMP_FILESYSTEM_DIGEST_BYTES], after[KJUMP_FILESYSTEM_DIGEST_BYTES];

	ok(no_error(digest_of(&device, before)), "its digest can be made");
	ok(notices(&device, 200), "xfs: the superblock is looked at");
	ok(notices(&device, XFS_LOG + 776 * 512 + 100), "xfs: the last block of the log is");
	ok(!notices(&device, XFS_LOG + 300 * 512 + 100), "xfs: an old one is not");
	write_big_endian(&device, XFS_LOG + 777 * 512, 6, 4);
	ok(no_error(digest_of(&device, after)), "its digest can be made");
	ok(memcmp(before, after, sizeof(before)), "xfs: one more block in the log is noticed");
	write_big_endian(&device, 96, UINT32_MAX, 4);
	ok(no_error(digest_of(&device, after)), "its digest can be made");
	write_big_endian(&device, 4, 0, 4);
	ok(no_error(digest_of(&device, after)), "its digest can be made");
	close(device.fd);
}

static void test_short_device(void)
{
	struct device device = make_device("btrfs");
	uint8_t digest[KJUMP_FILESYSTEM_DIGEST_BYTES];

	ok(!filesystem_digest(device.fd, "device", "btrfs", 512, 0, digest), "a device that ends before the superblock");
	ok(!filesystem_digest(device.fd, "device", "xfs", 100, 0, digest), "one that ends within a sector");
	struct error *error = filesystem_digest(device.fd, "device", "f2fs", DEVICE_BYTES, 0, digest);
	ok(!error, "one that is read to its end");
	error_free(error);
	if (ftruncate(device.fd, 4096))
		exit(2);
	error = filesystem_digest(device.fd, "device", "f2fs", DEVICE_BYTES, 0, digest);
	is_text(error ? error_text(error) : NULL, "device ends before offset 65536", "one that ends before its size");
	error_free(error);
	close(device.fd);
}

/* What kdump writes to is not compared later, be the file there already or not. */
static void test_device_of(void)
{
	char *folder = make_folder();
	AUTO_FREE char *made = write_file(folder, "made", (struct bytes){ 0 });
	AUTO_FREE char *none = xasprintf("%s/not-made-yet", folder);
	AUTO_FREE char *nowhere = xasprintf("%s/no-folder/file", folder);
	struct stat status;

	if (stat(folder, &status))
		exit(2);
	/* A number without a major is no device's: tmpfs's, btrfs's. */
	dev_t device = major(status.st_dev) ? status.st_dev : mount_source_device(folder);

	is_u64(block_device_of(made), device, "a file is on its folder's device");
	is_u64(block_device_of(none), device, "and so is one that is not there yet");
	is_u64(block_device_of("/proc/self/status"), 0, "what is in no device's file system is on none");
	is_u64(block_device_of(nowhere), 0, "one that cannot be made is on none");
	remove_folder(folder);
}

static void test_probe(void)
{
	struct device device = make_device("swap");
	AUTO_BLOCK_CONTENT struct block_content nothing = { 0 }, swap = { 0 };

	if (!block_devices_can_probe()) {
		diag("built without libblkid: nothing to probe with");
		close(device.fd);
		return;
	}
	ok(!block_content_probe(device.fd, "device", &nothing) && !nothing.type && !nothing.partition_table,
	   "zeros are nothing");
	/* include/linux/swap.h, union swap_header: version and last page; the magic ends the page. */
	write_number(&device, 1024, 1, 4);
	write_number(&device, 1028, DEVICE_BYTES / 4096 - 1, 4);
	write_at(&device, 1052, "home swap", 9);
	write_at(&device, 4086, "SWAPSPACE2", 10);
	ok(!block_content_probe(device.fd, "device", &swap), "a swap area can be looked at");
	is_text(swap.type, "swap", "it is known");
	is_text(swap.label, "home swap", "it has a label");
	is_u64(swap.size_bytes, DEVICE_BYTES, "and a size");
	is_u64(swap.magic_offset, 4086, "the magic is where it is");
	close(device.fd);
}

int main(void)
{
	test_superblocks();
	test_magic_at_the_end();
	test_vfat();
	test_exfat();
	test_swap();
	test_xfs();
	test_short_device();
	test_device_of();
	test_probe();
	return tap_done();
}
