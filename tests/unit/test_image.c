/* SPDX-License-Identifier: GPL-2.0-only */
/* The types of boot images, and the reasons to refuse other files. */
#include "kexec/format/boot_image.h"

#include <elf.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/image_check.h"

static void test_bzimages(const char *folder)
{
	AUTO_BUFFER struct buffer with_64 = { 0 }, without = { 0 };
	struct bzimage_spec spec = modern_bzimage;

	build_bzimage(&with_64, &spec);
	ok(is_type(folder, &with_64, NULL, "bzImage64"), "a bzImage with a 64-bit entry is a bzImage64");
	ok(is_type(folder, &with_64, "bzImage64", "bzImage64"), "with -t bzImage64, too");
	ok(is_type(folder, &with_64, "bzImage", "bzImage"), "with -t bzImage its 32-bit entry is used");
	ok(refused(folder, &with_64, "elf-x86_64", "not of type elf-x86_64") &&
		   refused(folder, &with_64, "elf-x86", "but bzImage64 (Linux kernel with a 64-bit entry)"),
	   "-t elf-x86_64 names its type");

	spec.xloadflags = 0;
	build_bzimage(&without, &spec);
	ok(is_type(folder, &without, NULL, "bzImage"), "a bzImage without one is a bzImage");
	ok(refused(folder, &without, "bzImage64", "not of type bzImage64 (Linux kernel with a 64-bit entry), but bzImage "),
	   "it is no bzImage64");
}

static void test_elf_files(const char *folder)
{
	AUTO_BUFFER struct buffer wide = { 0 }, narrow = { 0 };
	struct elf_spec spec_64 = elf_spec_of(true), spec_32 = elf_spec_of(false);
	AUTO_IMAGE struct boot_image image = { 0 };

	build_elf(&wide, &spec_64);
	build_elf(&narrow, &spec_32);
	ok(is_type(folder, &wide, NULL, "elf-x86_64") && is_type(folder, &wide, "elf-x86_64", "elf-x86_64"),
	   "a 64-bit ELF file is elf-x86_64");
	ok(is_type(folder, &narrow, NULL, "elf-x86") && is_type(folder, &narrow, "elf-x86", "elf-x86"),
	   "a 32-bit ELF file is elf-x86");
	ok(refused(folder, &wide, "elf-x86", "not of type elf-x86 "), "a 64-bit one is not elf-x86");
	ok(refused(folder, &narrow, "elf-x86_64", "not of type elf-x86_64 "), "a 32-bit one is not elf-x86_64");
	ok(refused(folder, &wide, "bzImage", "not of type bzImage "), "neither is a bzImage");
	ok(no_error(open_image(&image, folder, buffer_bytes(&wide), NULL)) && image.kind == IMAGE_ELF &&
		   image.elf.segment_count == 1 && image.elf.segments[0].paddr == 0x400000 && !image.unpacked,
	   "it is parsed");
}

/* With the right magic, but unusable: the reason, not "unknown". */
static void test_broken_elf_files(const char *folder)
{
	static const struct {
		struct elf_spec spec;
		const char *text;
	} cases[] = {
		{ { true, ET_EXEC, EM_AARCH64, 0, &one_segment, 1, false }, "for another machine: e_machine is 183" },
		{ { false, ET_EXEC, EM_X86_64, 0, &one_segment, 1, false }, "a 32-bit ELF file for x86_64 (x32)" },
		{ { true, ET_EXEC, EM_386, 0, &one_segment, 1, false }, "a 64-bit ELF file for i386" },
		{ { true, ET_REL, EM_X86_64, 0, &one_segment, 1, false }, "an object file that is not linked yet" },
		{ { true, 77, EM_X86_64, 0, &one_segment, 1, false }, "an ELF file of type 77;" },
		{ { true, ET_EXEC, EM_X86_64, 0, NULL, 0, false }, "nothing to load" },
	};
	AUTO_BUFFER struct buffer program = { 0 };
	struct elf_segment segments[] = { one_segment, { .type = PT_INTERP } };
	struct elf_spec spec = elf_spec_of(true);

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_BUFFER struct buffer buffer = { 0 };

		build_elf(&buffer, &cases[i].spec);
		ok(refused(folder, &buffer, NULL, cases[i].text), "%s", cases[i].text);
	}
	spec.segments = segments;
	spec.segment_count = 2;
	build_elf(&program, &spec);
	ok(refused(folder, &program, NULL, "a dynamically linked program"), "a program for Linux is not taken");
	program.size = 70;
	ok(refused(folder, &program, NULL, "the ELF file is cut off"), "an ELF file that is cut off");
	poke(&program, EI_DATA, ELFDATA2MSB, 1);
	ok(refused(folder, &program, NULL, "big endian"), "a big-endian one");
}

/* The segments that are loaded. */
static void test_elf_loads(const char *folder)
{
	static const struct {
		struct elf_segment segment;
		bool is_loaded;
	} cases[] = {
		{ { .type = PT_LOAD, .memory_size = 16 }, true },
		{ { .type = PT_LOAD, .file_size = 16 }, true },
		{ { .type = PT_LOAD }, false },
		{ { .type = PT_NOTE, .file_size = 16, .memory_size = 16 }, false },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_BUFFER struct buffer buffer = { 0 };
		struct elf_spec spec = elf_spec_of(true);

		spec.segments = &cases[i].segment;
		build_elf(&buffer, &spec);
		ok(cases[i].is_loaded ? is_type(folder, &buffer, NULL, "elf-x86_64") :
					refused(folder, &buffer, NULL, "nothing to load"),
		   "segment type %u, %u bytes in the file, %u in memory: %s", cases[i].segment.type,
		   (unsigned)cases[i].segment.file_size, (unsigned)cases[i].segment.memory_size,
		   cases[i].is_loaded ? "loaded" : "nothing to load");
	}
}

/* A boot sector of something else is no broken kernel. */
static void test_boot_sectors(const char *folder)
{
	AUTO_BUFFER struct buffer disk = { 0 };

	put_zeros(&disk, 4096);
	ok(refused_bytes(folder, (struct bytes){ disk.data, 512 }, NULL, "not a kernel image"), "512 zeros");
	poke(&disk, 0x1fe, 0xaa55, 2);
	ok(refused_bytes(folder, (struct bytes){ disk.data, 0x205 }, NULL, "cut off"),
	   "a boot sector that may be the beginning of a kernel");
	ok(refused_bytes(folder, (struct bytes){ disk.data, 0x206 }, NULL, "not a kernel image") &&
		   refused(folder, &disk, NULL, "not a kernel image"),
	   "a boot sector that is not");
}

static void test_broken_bzimages(const char *folder)
{
	AUTO_BUFFER struct buffer buffer = { 0 }, low = { 0 };
	struct bzimage_spec spec = modern_bzimage;
	struct bytes part;
	bool cut_off = true;

	build_bzimage(&buffer, &spec);
	for (size_t length = 512; length < buffer.size; length += length < 600 ? 1 : 97) {
		part = (struct bytes){ buffer.data, length };
		cut_off = cut_off && refused_bytes(folder, part, NULL, "the kernel is cut off");
	}
	ok(cut_off, "a bzImage cut off behind its boot sector is a bzImage that is cut off");
	ok(refused_bytes(folder, (struct bytes){ buffer.data, 511 }, NULL, "not a kernel image (511 bytes)") &&
		   refused_bytes(folder, (struct bytes){ buffer.data, 1 }, NULL, "not a kernel image (1 bytes)"),
	   "inside its boot sector, it is not recognised");
	poke(&buffer, 0x230, 3, 4);
	ok(refused(folder, &buffer, NULL, "kernel_alignment 0x3"), "a damaged bzImage");
	ok(refused(folder, &buffer, "bzImage64", "kernel_alignment 0x3"), "with -t, too");

	spec = (struct bzimage_spec){ .protocol = 0x0200, .kernel_bytes = 16 };
	build_bzimage(&low, &spec);
	ok(refused(folder, &low, NULL, "a zImage (loaded below 1 MiB)"), "a zImage is named");
}

static void test_other_files(const char *folder)
{
	static const char *const cases[][2] = {
		{ "070701 and so on", "give an initramfs with --initrd" },
		{ "#!/bin/sh\n", "It is a script." },
		{ "MZ and so on", "It is an EFI program" },
		{ "KDUMP   ", "makedumpfile -E" },
		{ "!<arch>\n", "archive of object files" },
		{ "hello, world", "neither a bzImage (\"HdrS\" at 0x202) nor an ELF file, a multiboot image or a UKI, "
				  "compressed or not." },
	};
	AUTO_FREE char *path = xasprintf("kernel image \"%s/image\": not a kernel image", folder);
	AUTO_FREE char *none = xasprintf("cannot open kernel image \"%s/none\": No such file", folder);
	AUTO_FREE char *none_path = xasprintf("%s/none", folder);
	struct boot_image image = { 0 };

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		ok(refused_bytes(folder, (struct bytes){ (const uint8_t *)cases[i][0], strlen(cases[i][0]) }, NULL,
				 cases[i][1]), "%s", cases[i][1]);
	ok(refused_bytes(folder, (struct bytes){ (const uint8_t *)"x", 1 }, NULL, path), "the file is named");
	ok(error_contains(boot_image_init(&image, none_path, NULL), none), "a file that is not there is named once");
}

static void test_types(const char *folder)
{
	static const struct bytes anything = { (const uint8_t *)"x", 1 };
	static const char *const old[] = { "beoboot-x86", "nbi-x86" };
	size_t count = 0;

	for (; boot_image_type_help[count][0]; count++)
		ok(*boot_image_type_help[count][1], "%s has a line of help", boot_image_type_help[count][0]);
	is_u64(count, 7, "there are seven types");
	ok(!boot_image_type_help[count][1], "and then an end");
	ok(refused_bytes(folder, anything, "zImage",
			 "unknown image type \"zImage\"; there are bzImage64, bzImage, multiboot2-x86, multiboot-x86, "
			 "elf-x86_64, elf-x86, uki"),
	   "an unknown type lists the known ones");
	for (size_t i = 0; i < ARRAY_COUNT(old); i++)
		ok(refused_bytes(folder, anything, old[i], "is not supported: no such file can be found any more"),
		   "%s is refused with the reason", old[i]);
}

static void test_multiboot(const char *folder)
{
	static const uint32_t addresses[5] = { 0x100000, 0x100000, 0, 0x108000, 0x100020 };
	AUTO_BUFFER struct buffer flat = { 0 }, elf = { 0 }, both = { 0 }, none = { 0 };
	AUTO_IMAGE struct boot_image image = { 0 };
	struct elf_spec spec = elf_spec_of(false);

	build_multiboot1(&flat, 0x40, 0x10000, addresses, 4096);
	/* The header is 0x40 bytes into the file, and so are 0x100000 in memory: the file begins before that. */
	ok(no_error(open_image(&image, folder, buffer_bytes(&flat), NULL)) && image.kind == IMAGE_MULTIBOOT &&
		   !strcmp(image.type_name, "multiboot-x86") && image.elf.segment_count == 1 &&
		   image.elf.segments[0].paddr == 0x100000 && image.elf.segments[0].file_offset == 0x40 &&
		   image.elf.segments[0].memory_size == 0x8000 && image.elf.entry == 0x100020,
	   "a multiboot image without ELF headers has one segment");
	build_elf(&elf, &spec);
	put_zeros(&elf, 0x1000 - elf.size);
	build_multiboot1(&elf, 0, 0, NULL, 0);
	ok(is_type(folder, &elf, NULL, "multiboot-x86") && is_type(folder, &elf, "elf-x86", "elf-x86"),
	   "an ELF file with a multiboot header is one, and with -t elf-x86 a program");
	put(&both, elf.data, elf.size);
	put_zeros(&both, -both.size & 7);
	build_multiboot2(&both, 0, NULL, 0, 0);
	ok(is_type(folder, &both, NULL, "multiboot2-x86") && is_type(folder, &both, "multiboot-x86", "multiboot-x86"),
	   "with both headers version 2 counts, unless -t names another");
	spec.type = ET_CORE;
	both.size = 0;
	build_elf(&both, &spec);
	put_zeros(&both, 0x1000 - both.size);
	build_multiboot1(&both, 0, 0, NULL, 0);
	ok(is_type(folder, &both, NULL, "elf-x86"), "a core may hold such a header, and is a core");
	build_multiboot1(&none, 0, 0, NULL, 4096);
	ok(refused(folder, &none, NULL, "no load addresses, and it is no ELF file"),
	   "without ELF headers and load addresses it is refused");
}

int main(void)
{
	char *folder = make_folder();
	struct boot_image zero = { 0 };

	test_bzimages(folder);
	test_elf_files(folder);
	test_broken_elf_files(folder);
	test_elf_loads(folder);
	test_boot_sectors(folder);
	test_broken_bzimages(folder);
	test_other_files(folder);
	test_types(folder);
	test_multiboot(folder);
	boot_image_deinit(&zero);
	remove_folder(folder);
	return tap_done();
}
