/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: make_seeds FOLDER
 *
 * Writes the seeds of the fuzz targets into FOLDER/TARGET: small good files, put
 * together like those of the unit tests. Texts lie in corpus/ as they are.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "kexec/format/multiboot_layout.h"
#include "kexec/format/pe.h"
#include "lib/base/alloc.h"
#include "lib/core/jump_note.h"
#include "lib/disk/filesystem_list.h"
#include "lib/khimage/khimage_codec.h"
#include "lib/khimage/khimage_parse.h"
#include "tests/unit/core_builder.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/image_builder.h"
#include "tests/unit/log_builder.h"
#include "tests/unit/packed_samples.h"

static void seed(const char *folder, const char *target, const char *name, const struct buffer *buffer)
{
	AUTO_FREE char *target_folder = xasprintf("%s/%s", folder, target);
	mkdir(target_folder, 0777);
	free(write_file(target_folder, name, buffer_bytes(buffer)));
}

/* A file that may be loaded. */
static void seed_image(const char *folder, const char *name, const struct buffer *buffer)
{
	seed(folder, "image", name, buffer);
	seed(folder, "loading", name, buffer);
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
						    .machine = is_64 ? EM_X86_64 : EM_386, .entry = 0x1000000,
						    .segments = segments, .segment_count = 2,
						    .count_in_section = kind & 2 });
		put_zeros(&elf, 0x100 - (elf.size < 0x100 ? elf.size : 0x100));
		put_u32(&elf, 11);
		put_u32(&elf, 4);
		put_u32(&elf, 0);
		put(&elf, "VMCOREINFO\0", 12);
		put_zeros(&elf, 16);
		seed(folder, "elf_file", name, &elf);
		seed_image(folder, name, &elf);
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
		seed_image(folder, name, &kernel);
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

/* What the type is, and numbers where that type has them. */
struct disk_field {
	size_t offset, size;
	uint64_t value;
};

static void make_disk(const char *folder, const char *name, size_t size, const struct disk_field *fields, size_t count)
{
	AUTO_BUFFER struct buffer disk = { 0 };

	put_zeros(&disk, size);
	for (size_t i = 0; i < count; i++)
		poke(&disk, fields[i].offset, fields[i].value, fields[i].size);
	seed(folder, "filesystem_digest", name, &disk);
}

/* Small ones, for fuzz_filesystem_digest: the type's number first, so everything is one byte further on. */
static void make_disks(const char *folder)
{
	/* Clusters of 512 bytes, records of 1 KiB from cluster 1 on; in that of $LogFile, two runs. */
	static const struct disk_field ntfs[] = {
		{ 0, 1, 4 }, { 1 + 0x0b, 2, 512 }, { 1 + 0x0d, 1, 1 }, { 1 + 0x30, 8, 1 }, { 1 + 0x40, 1, 0xf6 },
		{ 1 + 2560, 4, 0x454c4946 }, { 1 + 2564, 2, 48 }, { 1 + 2566, 2, 3 }, { 1 + 2580, 2, 56 },
		{ 1 + 2616, 4, 0x80 }, { 1 + 2620, 4, 80 }, { 1 + 2624, 1, 1 }, { 1 + 2648, 2, 64 },
		{ 1 + 2680, 8, 0xff1002102011 },
	};
	/* Clusters of 512 bytes from sector 4 on, the root folder is the first, the map of clusters the second. */
	static const struct disk_field exfat[] = {
		{ 0, 1, 5 }, { 1 + 80, 4, 2 }, { 1 + 84, 4, 1 }, { 1 + 88, 4, 4 }, { 1 + 96, 4, 2 }, { 1 + 108, 1, 9 },
		{ 1 + 2048, 1, 0x83 }, { 1 + 2080, 1, 0x81 }, { 1 + 2100, 4, 3 }, { 1 + 2104, 8, 100 },
	};

	make_disk(folder, "ntfs", 1 + 3584, ntfs, ARRAY_COUNT(ntfs));
	make_disk(folder, "exfat", 1 + 2560, exfat, ARRAY_COUNT(exfat));
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

static void make_jump_note(const char *folder)
{
	AUTO_JUMP_NOTE struct jump_note note = {
		.fixed = { .jump_back_entry = 0x2a1b000, .direct_end = 0x20000000, .paging_levels = 4 },
	};
	AUTO_BUFFER struct buffer seed_bytes = { 0 };
	size_t size;

	span_set_add(&note.window, (struct span){ 0x1000, 0x9f000 });
	span_set_add(&note.window, (struct span){ 0x1000000, 0x9000000 });
	span_set_add(&note.memory, (struct span){ 0x100000, 0x1000000 });
	AUTO_FREE uint8_t *desc = jump_note_build(&note, &size);

	put(&seed_bytes, desc, size);
	seed(folder, "jump_note", "note", &seed_bytes);
}

/* struct pages of 16 bytes for 8 frames at 0x7000: page.private at 0, page._mapcount at 8; the last two are free. */
static void add_mem_map(struct core_builder *core)
{
	uint32_t pages[8][4] = { { 0 } };
	uint64_t mem_map = core->loads[0].vaddr + 0x7000;

	pages[6][0] = 1;
	pages[6][2] = 0xffffff7f;
	core_write(core, 0x7000, pages, sizeof(pages));
	core_write(core, 0x7800, &mem_map, sizeof(mem_map));
}

/* A kernel of 32 KiB: page tables from 0x1000 on, the GDT at 0x6000, the list of pages at 0x7000. */
static void make_core(const char *folder, const char *name, const struct arch *arch, int levels, uint64_t direct)
{
	AUTO_CORE struct core_builder core = { .arch = arch, .paging_levels = levels, .root_phys = 0x1000,
					       .next_table = 0x2000 };
	AUTO_FREE char *info = xasprintf("SYMBOL(swapper_pg_dir)=%" PRIx64 "\nNUMBER(pgtable_l5_enabled)=0\n%s"
					 "SYMBOL(mem_map)=%" PRIx64 "\nSIZE(page)=16\nOFFSET(page._mapcount)=8\n"
					 "OFFSET(page.private)=0\nNUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n",
					 direct + 0x1000, levels == 3 ? "CONFIG_X86_PAE=y\n" : "", direct + 0x7800);
	AUTO_FREE char *target_folder = xasprintf("%s/core_file", folder);
	AUTO_FREE char *path = xasprintf("%s/%s", target_folder, name);

	core_note(&core, "VMCOREINFO", 0, info, strlen(info));
	core_load(&core, direct, 0, 0x8000);
	core_map(&core, arch->gdt.area_start + 0x1000, 0x6000, false);
	core_gdt(&core, 0x6000, 0, true);
	add_mem_map(&core);
	mkdir(target_folder, 0777);
	core_write_file(&core, path);
}

static void make_cores(const char *folder)
{
	make_core(folder, "core64", &arch_x86_64, 4, UINT64_C(0xffff888000000000));
	make_core(folder, "core32", &arch_i386, 2, 0xc0000000);
	make_core(folder, "core-pae", &arch_i386, 3, 0xc0000000);
}

/* A kernel of two pages, and of one more that contained zeros, with its note. */
static void make_saved_kernel(const char *folder)
{
	AUTO_CORE struct core_builder core = { .arch = &arch_x86_64, .paging_levels = 4 };
	AUTO_JUMP_NOTE struct jump_note note = {
		.fixed = { .jump_back_entry = 0x2a1b000, .elf_machine = EM_X86_64, .free_pages = KJUMP_FREE_ZERO },
	};
	AUTO_FREE char *path = xasprintf("%s/loading/saved", folder);
	size_t size;

	span_set_add(&note.window, (struct span){ 0x1000000, 0x2000000 });
	span_set_add(&note.memory, (struct span){ 0x2000000, 0x2010000 });
	AUTO_FREE uint8_t *desc = jump_note_build(&note, &size);

	core_note(&core, KJUMP_NOTE_NAME, KJUMP_NOTE_TYPE, desc, size);
	core_load_part(&core, 0xffff888002000000, 0x2000000, 0x1000, 0x2000);
	core_load(&core, 0xffff888003000000, 0x3000000, 0x1000);
	core_write(&core, 0x3000ff8, "the end", 8);
	core_write_file(&core, path);
}

static void make_machine(const char *folder)
{
	/* The files of fuzz_machine.c in its order, a NUL after each. */
	static const char files[] = "x86_64\n\0console=ttyS0\n\0MemTotal: 1000000 kB\n\0"
				    "00001000-0009fbff : System RAM\n00100000-3ffdffff : System RAM\n"
				    "  01000000-01ffffff : Kernel code\n3ffe0000-3fffffff : ACPI Tables\n\0"
				    "0x1000\n\0" "0x9fbff\n\0System RAM\n\0"
				    "0x100000\n\0" "0x3fffffff\n\0ACPI Non-volatile Storage\n\0"
				    "ACPI20=0xf5a10\nSMBIOS=0xf5b30\n\0" "0x3f9ec018\n\0" "0x3f9ed018\n\0"
				    "5\n\0" "0x3f8ee000\n\0" "0xfffffffeffe00000\n\0" "0x20\n\0" "0x800000000000000f\n";
	/* And of its memory a byte and an ACPI root pointer. */
	static const char notes[] = "\0" "12345000\n\0" "1024\n\0" "0x3fff 1024\n\0" "xRSD PTR \x71" "BOCHS \x01xxxx";
	AUTO_BUFFER struct buffer machine = { 0 };

	put(&machine, files, sizeof(files));
	put_zeros(&machine, 1);
	put(&machine, "boot_params", 11);
	seed(folder, "machine", "efi", &machine);
	put(&machine, notes, sizeof(notes));
	seed(folder, "machine", "crash", &machine);
}

static void make_device_tree(const char *folder)
{
	AUTO_BUFFER struct buffer tree = { 0 };

	put(&tree, "\xd0\x0d\xfe\xed\0\0\0\x30", 8);
	put_zeros(&tree, 0x30);
	seed(folder, "device_tree", "empty", &tree);
}

/* The compression, how many pages less one, and what is stored. */
static void make_chunk(const char *folder, const char *name, uint32_t compression, uint8_t *pages, size_t size)
{
	AUTO_KHIMAGE_CODEC struct khimage_codec codec = { 0 };
	AUTO_FREE uint8_t *packed = xcalloc(KHIMAGE_CHUNK_BYTES, 1);
	AUTO_BUFFER struct buffer chunk = { 0 };
	struct khimage_chunk form;
	const uint8_t *stored = khimage_codec_pack(&codec, compression, pages, size, packed, &form);
	const uint8_t head[2] = {
		(uint8_t)((form.compression & KHIMAGE_METHOD_MASK) | (form.compression & KHIMAGE_WORDS ? 0x80 : 0)),
		(uint8_t)(form.page_count - 1),
	};

	put(&chunk, head, sizeof(head));
	put(&chunk, stored, form.stored_bytes);
	seed(folder, "khimage_codec", name, &chunk);
}

static void make_chunks(const char *folder)
{
	for (uint8_t compression = KHIMAGE_NONE; compression <= KHIMAGE_ZSTD; compression++) {
		uint8_t plain[2 * PAGE_SIZE_BYTES] = { [1] = 1, [PAGE_SIZE_BYTES] = 3 }, words[3 * PAGE_SIZE_BYTES] = { 0 };
		AUTO_FREE char *name = xasprintf("chunk%u", compression), *more = xasprintf("words%u", compression);

		memcpy(words + PAGE_SIZE_BYTES, plain, PAGE_SIZE_BYTES);
		make_chunk(folder, name, compression, plain, sizeof(plain));
		make_chunk(folder, more, compression, words, sizeof(words));
	}
}

/* The target puts the checksum of an index block right itself. */
static void make_khimage(const char *folder)
{
	AUTO_BUFFER struct buffer slots = { 0 }, index = { 0 };
	struct khimage_superblock superblock = { .state = KHIMAGE_COMMITTED, .sequence = 1, .groups_offset = 8192,
						 .end_offset = 1u << 20 };
	const struct khimage_group_header header = { .chunk_count = 1, .run_count = 1, .next_offset = 1u << 20 };
	const struct khimage_chunk chunk = { 1, 8192, 2, KHIMAGE_NONE };
	const struct khimage_run run = { 0x10000, 2, KHIMAGE_RUN_DATA };

	khimage_superblock_seal(&superblock);
	put(&slots, &superblock, sizeof(superblock));
	put_zeros(&slots, 8192 - sizeof(superblock));
	seed(folder, "khimage", "slots", &slots);
	buffer_deinit(&slots);
	superblock = (struct khimage_superblock){ .state = KHIMAGE_COMMITTED, .sequence = 2,
						  .encryption = { .cipher = KHIMAGE_AES256_GCM } };
	khimage_superblock_seal(&superblock);
	put(&slots, &superblock, sizeof(superblock));
	put_zeros(&slots, 8192 - sizeof(superblock));
	seed(folder, "khimage", "encrypted", &slots);
	put(&index, &header, sizeof(header));
	put(&index, &chunk, sizeof(chunk));
	put(&index, &run, sizeof(run));
	seed(folder, "khimage", "index", &index);
}

static void make_multiboot(const char *folder)
{
	static const uint32_t addresses[5] = { 0x100000, 0x100000, 0, 0x101000, 0x100020 };
	static const struct multiboot_tag tags[] = { { MB2_HEADER_REQUESTS, 0, { MB2_MODULE }, 1 },
						     { MB2_HEADER_ADDRESS, 0, { 0x100000, UINT32_MAX, 0, 0 }, 4 },
						     { MB2_HEADER_ENTRY, 0, { 0x100008 }, 1 },
						     { MB2_HEADER_RELOCATABLE, 0, { 0, UINT32_MAX, 4096, 2 }, 4 } };
	AUTO_BUFFER struct buffer first = { 0 }, second = { 0 };

	build_multiboot1(&first, 0, MB1_HEADER_ADDRESSES, addresses, 64);
	build_multiboot2(&second, 0, tags, ARRAY_COUNT(tags), 0);
	seed(folder, "multiboot", "first", &first);
	seed(folder, "multiboot", "second", &second);
	seed_image(folder, "multiboot1", &first);
	seed_image(folder, "multiboot2", &second);
}

static void make_uki(const char *folder)
{
	AUTO_BUFFER struct buffer kernel = { 0 }, uki = { 0 };
	struct bzimage_spec spec = { .protocol = 0x0203, .loadflags = 1, .setup_sectors = 1, .kernel_bytes = 16 };

	build_bzimage(&kernel, &spec);

	const struct pe_section_spec sections[] = { { ".linux", buffer_bytes(&kernel), 0 },
						    { ".initrd", { (const uint8_t *)"initrd", 6 }, 0 },
						    { ".cmdline", { (const uint8_t *)"quiet\n", 6 }, 0 },
						    { ".osrel", { (const uint8_t *)"ID='x'\n", 7 }, 0 },
						    { ".profile", { (const uint8_t *)"ID=x\n", 5 }, 0 } };

	build_pe(&uki, PE_MACHINE_X86_64, sections, ARRAY_COUNT(sections));
	seed(folder, "pe", "uki", &uki);
	seed_image(folder, "uki", &uki);
}

/* The width, VMCOREINFO, and the memory. */
static void make_logs(const char *folder)
{
	for (unsigned int kind = 0; kind < 2 * LOG_FORM_COUNT; kind++) {
		AUTO_LOG struct log_builder log;
		AUTO_BUFFER struct buffer seed_bytes = { 0 };
		AUTO_FREE char *name = xasprintf("log%u", kind);
		uint8_t is_64 = kind & 1;

		log_begin(&log, (enum log_form)(kind / 2), is_64, 0xc2345000);
		for (unsigned int i = 0; i < 20; i++)
			log_say(&log, i * 1000, "a message of some length, with \x1b in it");
		AUTO_FREE char *info = log_vmcoreinfo(&log);
		put(&seed_bytes, &is_64, 1);
		put(&seed_bytes, info, strlen(info) + 1);
		put(&seed_bytes, log.memory.data, log.memory.size);
		seed(folder, "vmcore_dmesg", name, &seed_bytes);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: make_seeds FOLDER\n");
		return 2;
	}
	static void (*const makers[])(const char *folder) = {
		make_elf_files, make_bzimages, make_packed, make_multiboot, make_uki, make_filesystems, make_disks, make_khimage,
		make_chunks, make_device_tree, make_jump_note, make_cores, make_saved_kernel, make_machine, make_logs,
	};

	mkdir(argv[1], 0777);
	for (size_t i = 0; i < ARRAY_COUNT(makers); i++)
		makers[i](argv[1]);
	return 0;
}
