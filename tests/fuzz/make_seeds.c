/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: make_seeds FOLDER
 *
 * Writes the seeds of the fuzz targets into FOLDER/elf_file, bzimage,
 * decompress, image, filesystem_list and filesystem_digest: small good files, put together like those of the
 * unit tests.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "filesystem_list.h"
#include "fixtures.h"
#include "memory.h"
#include "packed_samples.h"

static void seed(const char *folder, const char *target, const char *name, const struct buffer *buffer)
{
	AUTO_FREE char *target_folder = xasprintf("%s/%s", folder, target);

	mkdir(target_folder, 0777);
	free(write_file(target_folder, name, buffer_bytes(buffer)));
}

static void make_elf_files(const char *folder)
{
	static const struct elf_segment segments[] = {
		{ .type = PT_LOAD, .paddr = 0x1000000, .file_offset = 0x20, .file_size = 8, .memory_size = 4096 },
		{ .type = PT_NOTE, .file_offset = 0x100, .file_size = 40 },
	};

	for (unsigned kind = 0; kind < 4; kind++) {
		AUTO_BUFFER struct buffer elf = { 0 };
		AUTO_FREE char *name = xasprintf("elf%u", kind);
		bool is_64 = kind & 1;

		build_elf(&elf, &(struct elf_spec){ .is_64 = is_64, .type = ET_EXEC,
						    .machine = is_64 ? EM_X86_64 : EM_386, .segments = segments,
						    .segment_count = 2, .count_in_section = kind & 2 });
		put_zeros(&elf, 0x100 - (elf.size < 0x100 ? elf.size : 0x100));
		put_u32(&elf, 11);
		put_u32(&elf, 4);
		put_u32(&elf, 0);
		put(&elf, "VMCOREINFO\0", 12);
		put_zeros(&elf, 16);
		seed(folder, "elf_file", name, &elf);
		seed(folder, "image", name, &elf);
	}
}

static void make_bzimages(const char *folder)
{
	struct bzimage_spec specs[] = { modern_bzimage, { .protocol = 0x0203, .loadflags = 1, .setup_sectors = 1 } };

	specs[0].setup_sectors = 1;
	specs[0].version = "v1";
	specs[0].syssize = 1;
	specs[0].payload_offset = 2;
	specs[0].payload_length = 8;
	for (unsigned i = 0; i < ARRAY_COUNT(specs); i++) {
		AUTO_BUFFER struct buffer kernel = { 0 };
		AUTO_FREE char *name = xasprintf("bzimage%u", i);

		specs[i].kernel_bytes = 16;
		build_bzimage(&kernel, &specs[i]);
		seed(folder, "bzimage", name, &kernel);
		seed(folder, "image", name, &kernel);
	}
}

static void make_packed(const char *folder)
{
	for (const struct packed_sample *sample = packed_samples; sample->name; sample++) {
		AUTO_BUFFER struct buffer image = { 0 }, limited = { 0 };
		AUTO_FREE char *name = xasprintf("packed%d", (int)(sample - packed_samples));

		put(&image, sample->bytes.data, sample->bytes.size);
		put(&limited, "\x00\x01", 2); /* the limit: 4096 bytes */
		put(&limited, sample->bytes.data, sample->bytes.size);
		seed(folder, "image", name, &image);
		seed(folder, "decompress", name, &limited);
	}
}

static void make_filesystems(const char *folder)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list list = { 0 };
	AUTO_BUFFER struct buffer note = { 0 }, xfs = { 0 }, vfat = { 0 };
	size_t size;

	filesystem_list_add(&list, &(struct filesystem){ .type = (char *)"ext4", .uuid = (char *)"u" });
	filesystem_list_add(&list, &(struct filesystem){ .type = (char *)"swap", .device = (char *)"/dev/vda2" });
	AUTO_FREE uint8_t *desc = filesystem_list_build(&list, &size);
	put(&note, desc, size);
	seed(folder, "filesystem_list", "two", &note);
	/* The type's number, then the superblock: blocks of 4 KiB, a log of 16 blocks from block 1 on. */
	put_zeros(&xfs, 4096 * 2);
	poke(&xfs, 1 + 4, 0x00100000, 4);
	poke(&xfs, 1 + 55, 1, 1);
	poke(&xfs, 1 + 99, 16, 1);
	poke(&xfs, 1 + 124, 10, 1);
	seed(folder, "filesystem_digest", "xfs", &xfs);
	put_zeros(&vfat, 1 + 512);
	poke(&vfat, 0, 1, 1);
	poke(&vfat, 1 + 11, 512, 2);
	poke(&vfat, 1 + 14, 32, 2);
	poke(&vfat, 1 + 22, 200, 2);
	seed(folder, "filesystem_digest", "vfat", &vfat);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: make_seeds FOLDER\n");
		return 2;
	}
	make_elf_files(argv[1]);
	make_bzimages(argv[1]);
	make_packed(argv[1]);
	make_filesystems(argv[1]);
	return 0;
}
