/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the bytes of a device lie that stands on others: lines of a table, and a described sysfs. */
#include "lib/disk/device_stack.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/disk/disk_blocks.h"
#include "lib/disk/md_arrays.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

/* What is visited, as "8:1 OFFSET+SIZE" for each. */
static void note(void *context, dev_t device, uint64_t offset, uint64_t size)
{
	char **text = context, *before = *text;

	*text = xasprintf("%s%s%u:%u %llu+%llu", before, *before ? ", " : "", major(device), minor(device),
			  (unsigned long long)offset, (unsigned long long)size);
	free(before);
}

static void maps_line(const char *type, const char *parameters, uint64_t offset, uint64_t size, const char *wanted)
{
	AUTO_FREE char *text = xstrdup("");
	const struct device_visit visit = { .visit = note, .context = &text };
	const struct dm_line line = { .start = 0, .length = 1 << 20, .type = type, .parameters = parameters };
	bool good = dm_line_map(&line, offset, size, &visit);

	is_text(good ? text : "cannot", wanted, "%s %s", type, parameters);
}

static void test_lines(void)
{
	maps_line("linear", "8:1 2048", 1024, 1024, "8:1 1049600+1024");
	maps_line("linear", "8:1", 0, 1, "cannot");
	maps_line("linear", "sda1 0", 0, 1, "cannot");
	maps_line("crypt", "aes-xts-plain64 0123456789abcdef 0 8:2 32768", 512, 512, "8:2 16777728+512");
	maps_line("crypt", "aes-xts-plain64 :64:logon:cryptsetup:x-d0 0 8:2 32768 1 allow_discards", 0, 512, "8:2 16777216+512");
	maps_line("crypt", "aes-gcm-random 00 0 8:2 0 1 integrity:28:aead", 0, 512, "cannot");
	maps_line("crypt", "aes-xts-plain64", 0, 512, "cannot");
	/* Two stripes of 8 sectors: the second chunk is on the other, the third on the first again. */
	maps_line("striped", "2 8 8:1 0 8:17 16", 4000, 5000, "8:1 4000+96, 8:17 8192+4096, 8:1 4096+808");
	maps_line("striped", "2 8 8:1 0", 4096, 1, "cannot");
	maps_line("striped", "0 8", 0, 1, "cannot");
	maps_line("raid", "raid1 3 0 region_size 1024 2 253:0 253:1 253:2 253:3", 100, 10, "253:1 100+10, 253:3 100+10");
	maps_line("raid", "raid1 1 0 2 - - 253:2 253:3", 100, 10, "253:3 100+10");
	maps_line("raid", "raid5_ls 1 128 3 - 8:1 - 8:2 - 8:3", 0, 1, "cannot");
	maps_line("thin", "253:3 1", 0, 1, "cannot");
}

/* ---- a described machine ----------------------------------------------------- */

static void make_file(const char *root, const char *path, const char *content)
{
	AUTO_FREE char *command = xasprintf("mkdir -p \"$(dirname '%s/%s')\" && printf '%%s\\n' '%s' >'%s/%s'", root, path,
					    content, root, path);

	if (system(command))
		exit(2);
}

static void add_part(const char *root, const char *name, const char *state, const char *offset, const char *device)
{
	AUTO_FREE char *state_path = xasprintf("sys/dev/block/9:0/md/dev-%s/state", name);
	AUTO_FREE char *offset_path = xasprintf("sys/dev/block/9:0/md/dev-%s/offset", name);
	AUTO_FREE char *device_path = xasprintf("sys/dev/block/9:0/md/dev-%s/block/dev", name);

	make_file(root, state_path, state);
	make_file(root, offset_path, offset);
	make_file(root, device_path, device);
}

/* A disk with a partition, an array of one partition and two disks, a partition of the array, a bcache. */
static char *make_machine(void)
{
	char *root = make_folder();

	make_file(root, "sys/dev/block/8:0/dev", "8:0");
	make_file(root, "sys/dev/block/8:16/dev", "8:16");
	make_file(root, "sys/dev/block/8:16/holders/md0", "");
	/* In sysfs a partition is in its disk's folder, and /sys/dev/block has links: here the folders themselves. */
	make_file(root, "sys/dev/block/8:1/partition", "1");
	make_file(root, "sys/dev/block/dev", "8:0");
	make_file(root, "sys/dev/block/9:0/md/level", "raid1");
	add_part(root, "sda1", "in_sync", "2048", "8:1");
	add_part(root, "sdb", "in_sync,write_mostly", "4096", "8:16");
	add_part(root, "sdc", "spare", "2048", "8:32");
	/* A disk that was unplugged: the link to it leads nowhere. */
	make_file(root, "sys/dev/block/9:0/md/dev-sdd/state", "faulty");
	make_file(root, "sys/dev/block/9:1/md/level", "raid5");
	make_file(root, "sys/dev/block/9:0/size", "2048");
	make_file(root, "sys/dev/block/8:0/size", "2048");
	make_file(root, "sys/dev/block/252:0/slaves/sda1/dev", "8:1");
	make_file(root, "sys/dev/block/7:0/loop/backing_file", "/file");
	return root;
}

static void maps(const char *root, dev_t device, uint64_t offset, uint64_t size, const char *wanted, const char *name)
{
	AUTO_FREE char *text = xstrdup("");
	const struct device_visit visit = { .visit = note, .context = &text };
	bool good = device_stack_map(root, device, offset, size, &visit);

	is_text(good ? text : "cannot", wanted, "%s", name);
}

static void test_stacks(const char *root)
{
	ok(!device_is_stacked(root, makedev(8, 0)) && !device_is_stacked(root, makedev(8, 1)), "a disk, and its partition");
	ok(device_is_stacked(root, makedev(9, 0)), "an array stands on others");
	ok(device_is_stacked(root, makedev(252, 0)) && device_is_stacked(root, makedev(7, 0)), "so do a bcache and a loop");
	ok(device_has_holders(root, makedev(8, 16)) && !device_has_holders(root, makedev(8, 0)), "an array stands on this one");
	maps(root, makedev(8, 0), 512, 512, "8:0 512+512", "a disk is what it is");
	maps(root, makedev(8, 1), 512, 512, "8:1 512+512", "so is its partition");
	maps(root, makedev(9, 0), 1024, 1024, "8:1 1049600+1024, 8:16 2098176+1024", "RAID1: each part that is in sync");
	maps(root, makedev(9, 1), 1024, 1024, "cannot", "other levels");
	maps(root, makedev(9, 0), 1023 << 10, 1024, "8:1 2096128+1024, 8:16 3144704+1024", "the last sectors of an array");
	maps(root, makedev(9, 0), 1023 << 10, 1536, "cannot", "one more: it is not the array's");
	maps(root, makedev(8, 0), UINT64_MAX - 511, 1024, "cannot", "nor is what lies behind all numbers a disk's");
	maps(root, makedev(252, 0), 0, 1, "cannot", "bcache");
	maps(root, makedev(7, 0), 0, 1, "cannot", "a loop");
}

/* Blocks of the device, as "8:1 OFFSET+SIZE, ...; 8:16 ...", or the error. */
static char *found_text(const struct disk_blocks *found)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < found->count; i++)
		for (size_t j = 0; j < found->parts[i].blocks.count; j++)
			note(&text, found->parts[i].device, found->parts[i].blocks.items[j].offset,
			     found->parts[i].blocks.items[j].size_bytes);
	return text;
}

static void finds(const char *root, dev_t device, uint64_t offset, uint64_t size, const char *wanted, const char *name)
{
	AUTO_DISK_BLOCKS struct disk_blocks blocks = { 0 }, found = { 0 };

	disk_blocks_add(&blocks, device, offset, size);
	disk_blocks_add(&blocks, device, offset + 4 * size, size);

	struct error *error = disk_blocks_find(root, &blocks, "it", &found);
	AUTO_FREE char *text = error ? xstrdup(error_text(error)) : found_text(&found);

	ok(strstr(text, wanted), "%s (%s)", name, text);
	error_free(error);
}

static void test_blocks(const char *root)
{
	finds(root, makedev(8, 1), 4096, 8192, "8:1 4096+8192, 8:1 36864+8192", "a partition's blocks are its own");
	finds(root, makedev(9, 0), 4096, 4096, "8:1 1052672+4096, 8:1 1069056+4096, 8:16 2101248+4096, 8:16 2117632+4096",
	      "RAID1: each part has all of them");
	finds(root, makedev(9, 0), 4096, 512, "does not begin at a multiple", "blocks have to be aligned");
	finds(root, makedev(9, 1), 4096, 4096, "where it lies on disks is not known", "other levels");
	finds(root, makedev(8, 1), 0, 0, "is not known", "no blocks");
}

static void test_clean(const char *root)
{
	AUTO_FREE char *none = md_arrays_wait_clean(root, 0), *dirty = NULL, *clean = NULL;

	is_text(none, "", "no arrays");
	make_file(root, "sys/block/md0/md/array_state", "active");
	make_file(root, "sys/block/md1/md/array_state", "clean");
	make_file(root, "sys/block/md127/md/array_state", "write-pending");
	make_file(root, "sys/block/sda/md/array_state", "active");
	dirty = md_arrays_wait_clean(root, 100);
	is_text(dirty, "md0, md127", "arrays that are written to are named after a while");
	AUTO_FREE char *later = xasprintf("(sleep 0.3; cd '%s/sys/block'; echo clean >md0/md/array_state; "
					  "echo read-auto >md127/md/array_state) &", root);

	if (system(later))
		exit(2);
	clean = md_arrays_wait_clean(root, 20000);
	is_text(clean, "", "they are waited for");
}

int main(void)
{
	char *root = make_machine();
	AUTO_FREE char *remove = xasprintf("rm -rf '%s'", root);

	test_lines();
	test_stacks(root);
	test_blocks(root);
	test_clean(root);
	free(root);
	return system(remove) ? 2 : tap_done();
}
