/* SPDX-License-Identifier: GPL-2.0-only */
/* Boot files inside of something: compressed, in a UKI, or both. */
#include "kexec/format/boot_image.h"

#include <string.h>

#include "config.h"
#include "kexec/format/pe.h"
#include "lib/base/alloc.h"
#include "lib/unpack/decompress.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/image_check.h"
#include "tests/unit/packed_samples.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#ifdef HAVE_ZLIB
static void gzip(struct buffer *buffer)
{
	z_stream z = { 0 };
	struct buffer packed = { 0 };

	if (deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	put_zeros(&packed, deflateBound(&z, (uLong)buffer->size));
	z.next_in = buffer->data;
	z.avail_in = (uInt)buffer->size;
	z.next_out = packed.data;
	z.avail_out = (uInt)packed.size;
	deflate(&z, Z_FINISH);
	packed.size = z.total_out;
	deflateEnd(&z);
	buffer_deinit(buffer);
	*buffer = packed;
}

static void test_packed(const char *folder)
{
	AUTO_BUFFER struct buffer kernel = { 0 }, packed = { 0 };

	build_bzimage(&kernel, &modern_bzimage);
	put(&packed, kernel.data, kernel.size);
	for (int depth = 1; depth <= 4; depth++) {
		AUTO_IMAGE struct boot_image image = { 0 };

		gzip(&packed);
		ok(no_error(open_image(&image, folder, buffer_bytes(&packed), NULL)) && image.unpacked &&
			   image.bytes.data == image.unpacked && image.bytes.size == kernel.size &&
			   !memcmp(image.bytes.data, kernel.data, kernel.size) && image.bzimage.has_entry_64,
		   "a bzImage packed %d times is a bzImage", depth);
	}
	gzip(&packed);
	ok(refused(folder, &packed, NULL, "compressed more than 4 times over"), "five times is too much");
}

static void test_packed_and_broken(const char *folder)
{
	AUTO_BUFFER struct buffer packed = { 0 }, elf = { 0 }, cpio = { 0 };
	struct elf_spec spec = elf_spec_of(true);

	build_bzimage(&packed, &modern_bzimage);
	packed.size -= 100;
	gzip(&packed);
	ok(refused(folder, &packed, NULL, "the kernel is cut off"), "a packed bzImage that was cut off before");
	packed.size -= 10;
	ok(refused(folder, &packed, NULL, "the gzip data is cut off"), "one that was cut off after it was packed");

	put(&cpio, "070701", 6);
	gzip(&cpio);
	ok(refused(folder, &cpio, NULL, "give an initramfs with --initrd"), "a packed initramfs is none");

	AUTO_IMAGE struct boot_image image = { 0 };
	build_elf(&elf, &spec);
	gzip(&elf);
	ok(no_error(open_image(&image, folder, buffer_bytes(&elf), NULL)) && !strcmp(image.type_name, "elf-x86_64"),
	   "a packed ELF file");
}
#endif

static void test_uki(const char *folder)
{
	AUTO_BUFFER struct buffer kernel = { 0 }, uki = { 0 }, nested = { 0 }, script = { 0 };
	AUTO_IMAGE struct boot_image image = { 0 };

	build_bzimage(&kernel, &modern_bzimage);

	const struct pe_section_spec sections[] = { { ".linux", buffer_bytes(&kernel), 0 },
						    { ".initrd", { (const uint8_t *)"initrd", 6 }, 0 } };

	build_pe(&uki, PE_MACHINE_X86_64, sections, 2);
	ok(no_error(open_image(&image, folder, buffer_bytes(&uki), "uki")) && image.is_uki &&
		   image.kind == IMAGE_BZIMAGE && !strcmp(image.type_name, "bzImage64") &&
		   image.bytes.size == kernel.size && image.uki.initrd_count == 1,
	   "a UKI is the kernel in it");
	ok(refused(folder, &uki, "bzImage", "not of type bzImage (Linux kernel, entered in 32-bit mode), but uki"),
	   "and no bzImage itself");

	const struct pe_section_spec outer = { ".linux", buffer_bytes(&uki), 0 };
	const struct pe_section_spec text = { ".linux", { (const uint8_t *)"#!/bin/sh", 9 }, 0 };

	build_pe(&nested, PE_MACHINE_X86_64, &outer, 1);
	ok(refused(folder, &nested, NULL, "the kernel in the UKI: a UKI in a UKI"), "a UKI in a UKI is refused");
	build_pe(&script, PE_MACHINE_X86_64, &text, 1);
	ok(refused(folder, &script, NULL, "the kernel in the UKI: not a kernel image (9 bytes)"), "so is one of a script");
#ifdef HAVE_ZLIB
	AUTO_BUFFER struct buffer packed_kernel = { 0 }, around = { 0 };
	AUTO_IMAGE struct boot_image unpacked = { 0 };

	put(&packed_kernel, kernel.data, kernel.size);
	gzip(&packed_kernel);

	const struct pe_section_spec packed = { ".linux", buffer_bytes(&packed_kernel), 0 };

	build_pe(&around, PE_MACHINE_X86_64, &packed, 1);
	gzip(&around);
	ok(no_error(open_image(&unpacked, folder, buffer_bytes(&around), NULL)) && unpacked.is_uki &&
		   unpacked.bytes.size == kernel.size,
	   "a compressed UKI of a compressed kernel is unpacked twice");
#endif
}

/* Its first bytes are free: here they are those of each compression. */
static void test_bzimage_that_looks_packed(const char *folder)
{
	for (const struct packed_sample *sample = packed_samples; sample->name; sample++) {
		AUTO_BUFFER struct buffer kernel = { 0 };

		build_bzimage(&kernel, &modern_bzimage);
		memcpy(kernel.data, sample->bytes.data, 64);
		ok(compression_name(buffer_bytes(&kernel)) && is_type(folder, &kernel, NULL, "bzImage64"),
		   "a bzImage that begins like %s data is a bzImage", sample->name);
	}
}

int main(void)
{
	char *folder = make_folder();

#ifdef HAVE_ZLIB
	test_packed(folder);
	test_packed_and_broken(folder);
#endif
	test_uki(folder);
	test_bzimage_that_looks_packed(folder);
	remove_folder(folder);
	return tap_done();
}
