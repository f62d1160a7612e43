/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the blocks of a file are, by replaced calls of the kernel: FAT by FIBMAP, f2fs pinned, btrfs through its chunks.
 * tests/vm/stories/file-blocks.story asks a kernel.
 */
#include "lib/disk/file_blocks.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <linux/f2fs.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>

#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/disk/btrfs_chunks.h"
#include "tests/tap.h"

#define CLUSTER (8 * KIB)
#define BTRFS_RAID0 BTRFS_BLOCK_GROUP_RAID0
#define BTRFS_RAID1 BTRFS_BLOCK_GROUP_RAID1

/* The file system that answers. */
static struct {
	uint32_t magic;
	int pin_error;
	int flags;                   /* chattr(1) */
	const int *blocks;           /* FIBMAP, of 512 bytes, for each cluster */
	struct fiemap_extent extent; /* the file's only one */
	uint64_t profile;            /* of the second chunk */
	uint64_t features;
	bool second_is_missing;
} system_now;

int fstatfs(int fd, struct statfs *status)
{
	(void)fd;
	*status = (struct statfs){ .f_bsize = CLUSTER };
	status->f_type = (__typeof__(status->f_type))system_now.magic;
	return 0;
}

int fstat(int fd, struct stat *status)
{
	if (!system_now.magic)
		return fstatat(fd, "", status, AT_EMPTY_PATH);
	*status = (struct stat){ .st_mode = S_IFREG, .st_size = 24 * KIB, .st_dev = makedev(8, 1) };
	return 0;
}

int stat(const char *restrict path, struct stat *restrict status)
{
	if (strncmp(path, "/dev/", 5) != 0)
		return fstatat(AT_FDCWD, path, status, 0);
	*status = (struct stat){ .st_mode = S_IFBLK, .st_rdev = makedev(8, (unsigned int)(path[strlen(path) - 1] - '0')) };
	return 0;
}

/* Two chunks: the first single, on device 1; the second on 1 and 2. */
static void put_chunk(uint8_t *to, uint64_t start, uint64_t type, uint16_t stripes)
{
	struct btrfs_chunk chunk = { .length = htole64(64 * KIB), .type = htole64(type), .num_stripes = htole16(stripes) };
	struct btrfs_ioctl_search_header header = { .offset = start,
		.len = (uint32_t)(sizeof(chunk) + (size_t)(stripes - 1) * sizeof(struct btrfs_stripe)) };

	memcpy(to, &header, sizeof(header));
	memcpy(to + sizeof(header), &chunk, sizeof(chunk));
	for (unsigned int i = 0; i < stripes; i++) {
		struct btrfs_stripe stripe = { .devid = htole64(i + 1), .offset = htole64((i + 1) * MIB + start) };

		memcpy(to + sizeof(header) + offsetof(struct btrfs_chunk, stripe) + i * sizeof(stripe), &stripe,
		       sizeof(stripe));
	}
}

static int search_tree(struct btrfs_ioctl_search_args_v2 *search)
{
	uint8_t *at = (uint8_t *)search->buf;
	uint64_t from = search->key.min_offset;

	search->key.nr_items = 0;
	/* One at a time, as a full buffer has it. */
	if (from <= MIB)
		put_chunk(at, MIB, BTRFS_BLOCK_GROUP_DATA, 1);
	else if (from <= MIB + 64 * KIB)
		put_chunk(at, MIB + 64 * KIB, BTRFS_BLOCK_GROUP_DATA | system_now.profile, 2);
	else
		return 0;
	search->key.nr_items = 1;
	return 0;
}

static int device_info(struct btrfs_ioctl_dev_info_args *info)
{
	if (info->devid == 2 && system_now.second_is_missing) {
		errno = ENODEV;
		return -1;
	}
	snprintf((char *)info->path, sizeof(info->path), "/dev/kj%u", (unsigned int)info->devid);
	return 0;
}

static int fiemap(struct fiemap *map)
{
	map->fm_mapped_extents = map->fm_start ? 0 : 1;
	map->fm_extents[0] = system_now.extent;
	return 0;
}

static int pin(void)
{
	errno = system_now.pin_error;
	return errno ? -1 : 0;
}

#ifdef __GLIBC__
typedef unsigned long request_type;
#else
typedef int request_type;
#endif

int ioctl(int fd, request_type request, ...)
{
	va_list args;

	va_start(args, request);
	void *argument = va_arg(args, void *);
	va_end(args);
	(void)fd;
	switch ((unsigned int)request) {
	case FIGETBSZ: *(int *)argument = 512; return 0;
	case FIBMAP: *(int *)argument = system_now.blocks[*(int *)argument * 512 / (int)CLUSTER]; return 0;
	case FS_IOC_FIEMAP: return fiemap(argument);
	case FS_IOC_GETFLAGS: *(int *)argument = system_now.flags; return 0;
	case F2FS_IOC_SET_PIN_FILE: return pin();
	case BTRFS_IOC_TREE_SEARCH_V2: return search_tree(argument);
	case BTRFS_IOC_DEV_INFO: return device_info(argument);
	case BTRFS_IOC_FS_INFO: return 0;
	case BTRFS_IOC_GET_FEATURES:
		((struct btrfs_ioctl_feature_flags *)argument)->incompat_flags = system_now.features;
		return 0;
	default: errno = ENOTTY; return -1;
	}
}

/* "8:1 OFFSET+SIZE ..." in KiB, or the error. */
static char *found_text(struct error *error, const struct disk_blocks *found)
{
	char *text = xstrdup(error ? error_text(error) : "");

	for (size_t i = 0; i < found->count; i++) {
		for (size_t j = 0; j < found->parts[i].blocks.count; j++) {
			const struct extent *extent = &found->parts[i].blocks.items[j];
			char *longer = xasprintf("%s%s%u:%u %" PRIu64 "+%" PRIu64, text, *text ? " " : "",
						 major(found->parts[i].device), minor(found->parts[i].device),
						 extent->offset / KIB, extent->size_bytes / KIB);

			free(text);
			text = longer;
		}
	}
	error_free(error);
	return text;
}

static void finds(const char *wanted, const char *name)
{
	AUTO_DISK_BLOCKS struct disk_blocks found = { 0 };
	AUTO_FREE char *text = found_text(file_blocks_find("/etc/passwd", &found), &found);

	ok(strstr(text, wanted), "%s (%s)", name, text);
}

static void test_fat(void)
{
	const int two_pieces[] = { 80, 96, 160 }, misplaced[] = { 81, 97, 113 }, hole[] = { 80, 0, 160 };

	system_now.magic = MSDOS_SUPER_MAGIC;
	system_now.blocks = two_pieces;
	finds("8:1 40+16 8:1 80+8", "FAT: clusters that follow each other are one piece");
	system_now.blocks = misplaced;
	finds("8:1 44+20", "clusters at odd places: the whole pages in them");
	system_now.blocks = hole;
	finds("has holes", "a hole");
}

static void test_f2fs(void)
{
	system_now.magic = F2FS_SUPER_MAGIC;
	system_now.extent = (struct fiemap_extent){ .fe_physical = 2 * MIB, .fe_length = 24 * KIB,
						    .fe_flags = FIEMAP_EXTENT_UNWRITTEN | FIEMAP_EXTENT_LAST };
	finds("8:1 2048+24", "f2fs: a pinned file");
	system_now.pin_error = EROFS;
	finds("8:1 2048+24", "mounted read-only nothing moves");
	system_now.pin_error = EAGAIN;
	finds("so often that it moves its blocks: remove it", "one that f2fs does not leave in place any more");
	system_now.pin_error = EFBIG;
	finds("not pinned, so its blocks move: remove it", "one that has blocks and was not pinned");
	system_now.pin_error = EINVAL;
	finds("cannot pin", "a file system that cannot pin");
	system_now.pin_error = 0;
	system_now.extent.fe_physical = 0;
	finds("has blocks without a place yet", "blocks that are only reserved");
}

static void test_btrfs(void)
{
	system_now.magic = BTRFS_SUPER_MAGIC;
	system_now.extent = (struct fiemap_extent){ .fe_physical = MIB + 4 * KIB, .fe_length = 24 * KIB };
	finds("a write to it takes new blocks", "btrfs: a file with copy-on-write");
	system_now.flags = FS_NOCOW_FL;
	finds("8:1 2052+24", "one without, in a chunk on one device");
	system_now.extent.fe_flags = FIEMAP_EXTENT_SHARED;
	finds("those of another file or snapshot", "one that a snapshot has, too");
	system_now.extent.fe_flags = FIEMAP_EXTENT_ENCODED;
	finds("compressed", "a compressed one");
	system_now.extent.fe_flags = 0;
	system_now.extent.fe_physical = MIB + 56 * KIB;
	system_now.profile = BTRFS_RAID1;
	finds("8:1 2104+24", "over the end of a chunk, the next of which is RAID1: the device that has all");
	system_now.extent.fe_physical = MIB + 64 * KIB;
	finds("8:1 2112+24 8:2 3136+24", "RAID1: both devices");
	system_now.second_is_missing = true;
	finds("the device 2 of the btrfs", "a device is missing");
	system_now.second_is_missing = false;
	system_now.profile = BTRFS_BLOCK_GROUP_DUP;
	finds("8:1 2112+24", "two copies on one device: the first");
	system_now.profile = BTRFS_RAID0;
	finds("in stripes on several disks", "RAID0");
	system_now.profile = 0;
	system_now.extent.fe_physical = 2 * MIB;
	finds("are moved now", "a place in no chunk");
	system_now.extent.fe_physical = MIB;
	system_now.features = UINT64_C(1) << 14;
	finds("trees of a new form", "a form of btrfs that is not known");
	system_now.features = 0;
}

static void moves(const char *root, const char *operation, const char *wanted)
{
	AUTO_DISK_BLOCKS struct disk_blocks found = { 0 };
	AUTO_EXTENTS struct extents logical = { 0 };
	AUTO_FREE char *file = xasprintf("%s/sys/fs/btrfs/00000000-0000-0000-0000-000000000000/exclusive_operation", root);
	AUTO_FREE char *command = xasprintf("mkdir -p $(dirname %s) && echo %s >%s", file, operation, file);

	extents_add(&logical, (struct extent){ MIB, 8 * KIB });
	if (system(command))
		diag("cannot write %s", file);

	AUTO_FREE char *text = found_text(btrfs_chunks_map(root, 0, "it", &logical, &found), &found);

	ok(strstr(text, wanted), "btrfs does this at the time: %s (%s)", operation, text);
}

int main(void)
{
	char root[] = "/tmp/kexec-jump-XXXXXX";

	test_fat();
	test_f2fs();
	test_btrfs();
	if (!mkdtemp(root))
		return 1;
	system_now.magic = 0;
	moves(root, "none", "8:1 2048+8");
	moves(root, "'balance paused'", "8:1 2048+8");
	moves(root, "balance", "may be moving the blocks of it (balance)");
	moves(root, "'device remove'", "may be moving");
	AUTO_FREE char *command = xasprintf("rm -rf %s", root);

	return system(command) | tap_done();
}
