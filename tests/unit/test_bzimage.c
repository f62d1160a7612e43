/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/bzimage.h"

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static void auto_deinit(struct bzimage *image)
{
	bzimage_deinit(image);
}
#define AUTO_BZIMAGE __attribute__((cleanup(auto_deinit)))

/* The first `length` bytes, copied so that reading one byte too many is seen. */
static struct error *parse_part(const struct buffer *buffer, size_t length)
{
	AUTO_BZIMAGE struct bzimage image = { 0 };
	AUTO_FREE uint8_t *copy = exact_copy((struct bytes){ buffer->data, length });

	return bzimage_init(&image, (struct bytes){ copy, length });
}

static bool refused(const struct buffer *buffer, const char *text)
{
	return error_contains(parse_part(buffer, buffer->size), text);
}

static void test_modern(void)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	AUTO_BZIMAGE struct bzimage image = { 0 };

	build_bzimage(&buffer, &modern_bzimage);
	ok(bzimage_probe(buffer_bytes(&buffer)), "a bzImage is known as one");
	if (!ok(no_error(bzimage_init(&image, buffer_bytes(&buffer))), "a bzImage of protocol 2.15 is parsed"))
		return;
	is_u64(image.protocol, 0x020f, "its protocol");
	ok(image.setup.data == buffer.data && image.setup.size == 1536, "its setup code: three sectors");
	ok(image.kernel.data == buffer.data + 1536 && image.kernel.size == 4096, "its protected-mode part: the rest");
	ok(image.setup_header.data == buffer.data + 0x1f1 && image.setup_header.size == 0x26c - 0x1f1,
	   "its setup header, of the length in byte 0x201");
	ok(image.loaded_high && image.relocatable && image.has_entry_64 && image.above_4g &&
		   image.entry_five_level && image.five_level,
	   "its flags");
	is_u64(image.kernel_alignment, 0x200000, "its alignment");
	is_u64(image.pref_address, 0x1000000, "its preferred address");
	is_u64(image.init_size_bytes, 0x800000, "the memory it needs to start");
	is_u64(image.cmdline_size_bytes, 2047, "its longest command line");
	is_u64(image.initrd_addr_max, 0x7fffffff, "the end of its initrd");
	is_text(image.version, "6.1.0-test (builder) #1 SMP", "its version");
}

/* Each field is used from its first protocol on; all of them are set in the file. */
static void test_defaults_of_old_protocols(void)
{
	for (uint16_t protocol = 0x0200; protocol <= 0x020f; protocol++) {
		AUTO_BUFFER struct buffer buffer = { 0 };
		AUTO_BZIMAGE struct bzimage image = { 0 };
		struct bzimage_spec spec = modern_bzimage;

		spec.protocol = protocol;
		spec.header_end = 0x26c - 0x202;
		build_bzimage(&buffer, &spec);
		if (!ok(no_error(bzimage_init(&image, buffer_bytes(&buffer))), "protocol 2.%02u is parsed", protocol & 0xff))
			continue;
		ok(image.initrd_addr_max == (protocol >= 0x0203 ? 0x7fffffff : 0x37ffffff) &&
			   image.relocatable == (protocol >= 0x0205) &&
			   image.kernel_alignment == (protocol >= 0x0205 ? 0x200000 : 4096) &&
			   image.cmdline_size_bytes == (protocol >= 0x0206 ? 2047 : 255) &&
			   image.pref_address == (protocol >= 0x020a ? 0x1000000 : 0x100000) &&
			   image.init_size_bytes == (protocol >= 0x020a ? 0x800000 : 4 * 4096) &&
			   image.has_entry_64 == (protocol >= 0x020c),
		   "protocol 2.%02u has its fields, and defaults for the others", protocol & 0xff);
	}
}

/* A header that ends before a field does not have it, even if its protocol does. */
static void test_short_header(void)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	AUTO_BZIMAGE struct bzimage image = { 0 };
	struct bzimage_spec spec = modern_bzimage;

	spec.header_end = 0x23c - 0x202;
	build_bzimage(&buffer, &spec);
	ok(no_error(bzimage_init(&image, buffer_bytes(&buffer))) && image.pref_address == 0x100000 &&
		   image.cmdline_size_bytes == 2047 && image.setup_header.size == 0x23c - 0x1f1,
	   "fields behind the end of the header are not read");
	poke(&buffer, 0x201, 0x223 - 0x202, 1);
	ok(refused(&buffer, "setup header ends at 0x223"), "a header too short for protocol 2.00");
	poke(&buffer, 0x201, 0xff, 1);
	bzimage_deinit(&image);
	ok(no_error(bzimage_init(&image, buffer_bytes(&buffer))) && image.setup_header.size == 0x290 - 0x1f1,
	   "a header never reaches into the rest of boot_params");
}

static void test_each_length(void)
{
	static const struct {
		size_t length;
		const char *text;
	} cases[] = {
		{ 0, "cut off before the end of its setup header: it has 0 bytes" },
		{ 1, "it has 1 bytes" },
		{ 511, "it has 511 bytes" },
		{ 512, "it has 512 bytes" },
		{ 0x206, "it has 518 bytes" },
		{ 0x208, "cut off in its setup code: that has 1536 bytes, and the file 520" },
		{ 0x260, "cut off in its setup code" },
		{ 1535, "cut off in its setup code: that has 1536 bytes, and the file 1535" },
		{ 1536, "its protected-mode part has 4096 bytes (syssize), and the file has 0 of them" },
		{ 1536 + 4095, "and the file has 4095 of them" },
	};
	AUTO_BUFFER struct buffer buffer = { 0 };
	bool errors = true;

	build_bzimage(&buffer, &modern_bzimage);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		ok(error_contains(parse_part(&buffer, cases[i].length), cases[i].text), "%zu bytes: %s", cases[i].length,
		   cases[i].text);
	for (size_t length = 0; length < buffer.size; length++) {
		struct error *error = parse_part(&buffer, length);

		errors = errors && error;
		error_free(error);
	}
	ok(errors, "cut off at each length is an error");
}

static void test_damaged(void)
{
	static const struct {
		size_t offset;
		uint64_t value;
		size_t size;
		const char *text;
	} cases[] = {
		{ 0x1fe, 0x55aa, 2, "not a bzImage" },
		{ 0x202, 'h', 1, "not a bzImage" },
		{ 0x206, 0x0105, 2, "boot protocol 1.05" },
		{ 0x1f1, 100, 1, "cut off in its setup code: that has 51712 bytes" },
		{ 0x1f4, 257, 4, "cut off: its protected-mode part has 4112 bytes" },
		{ 0x1f4, UINT32_MAX, 4, "has 68719476720 bytes" },
		{ 0x24c, 0xf01, 4, "its payload ends at byte 4097 of the protected-mode part, and that has 4096" },
		{ 0x248, UINT32_MAX, 4, "its payload ends at byte 4294970879" },
		{ 0x230, 0, 4, "kernel_alignment 0 is not a power of two" },
		{ 0x230, 0x300000, 4, "kernel_alignment 0x300000 is not a power of two" },
		{ 0x260, 0x80000001, 4, "init_size is 0x80000001" },
		{ 0x258, UINT64_MAX, 8, "pref_address is 0xffffffffffffffff" },
		{ 0x258, (uint64_t)1 << 52, 8, "pref_address is 0x10000000000000" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_BUFFER struct buffer buffer = { 0 };

		build_bzimage(&buffer, &modern_bzimage);
		poke(&buffer, cases[i].offset, cases[i].value, cases[i].size);
		ok(refused(&buffer, cases[i].text), "%s", cases[i].text);
	}
}

static bool accepted(const struct bzimage_spec *spec, struct bzimage *image, struct buffer *buffer)
{
	build_bzimage(buffer, spec);
	return no_error(bzimage_init(image, buffer_bytes(buffer)));
}

static void test_odd_but_good(void)
{
	AUTO_BUFFER struct buffer old = { 0 }, fixed = { 0 }, longer = { 0 }, partial = { 0 }, small = { 0 };
	AUTO_BZIMAGE struct bzimage image = { 0 };
	struct bzimage_spec spec = { .protocol = 0x0203, .kernel_bytes = 100, .syssize = 0xffff };

	ok(accepted(&spec, &image, &old) && image.setup.size == 5 * 512 && image.kernel.size == 100 &&
		   !image.loaded_high && image.pref_address == 0x10000,
	   "protocol 2.03: no sectors means 4, syssize is not trusted, a zImage runs at 64 KiB");

	spec = (struct bzimage_spec){ .protocol = 0x0207, .kernel_bytes = 100, .loadflags = 1 };
	ok(accepted(&spec, &image, &fixed) && !image.relocatable && image.kernel_alignment == 4096 && !image.version,
	   "a kernel that is not relocatable needs no alignment");

	spec = modern_bzimage;
	spec.payload_length = 0;
	spec.kernel_bytes -= 15;
	ok(accepted(&spec, &image, &partial) && image.kernel.size == 4096 - 15,
	   "a kernel without payload need not fill its last paragraph (memtest86+, iPXE)");
	bzimage_deinit(&image);
	partial.size--;
	ok(refused(&partial, "and the file has 4080 of them"), "but it needs a part of it");

	spec = modern_bzimage;
	spec.kernel_bytes += 777;
	ok(accepted(&spec, &image, &longer) && image.kernel.size == 4096 + 777, "bytes behind syssize (a signature) are kept");
	bzimage_deinit(&image);

	spec = modern_bzimage;
	spec.init_size = 16;
	ok(accepted(&spec, &image, &small) && image.init_size_bytes == 4096, "it needs at least its loaded size");
}

/* The headers of iPXE, memdisk and lnxboot.img. */
static void test_without_32bit_entry(void)
{
	AUTO_BUFFER struct buffer ipxe = { 0 }, memdisk = { 0 }, empty = { 0 }, cut = { 0 }, both = { 0 }, fixed = { 0 };
	AUTO_BZIMAGE struct bzimage image = { 0 };
	struct bzimage_spec spec = { .protocol = 0x0207, .kernel_bytes = 100, .syssize = 7, .loadflags = 1 };

	ok(accepted(&spec, &image, &ipxe) && !image.has_entry_32, "code32_start 0: no 32-bit entry");
	spec.code32_start = 0x100000;
	ok(accepted(&spec, &image, &both) && image.has_entry_32, "with both fields there is one");
	spec = (struct bzimage_spec){ .protocol = 0x0203, .kernel_bytes = 100, .loadflags = 1, .code32_start = 0x100000 };
	ok(accepted(&spec, &image, &memdisk) && !image.has_entry_32, "syssize 0: no 32-bit entry");
	spec.kernel_bytes = 0;
	ok(accepted(&spec, &image, &empty) && !image.has_entry_32 && image.kernel.size == 0 && image.init_size_bytes == 0,
	   "syssize 0 and nothing behind the setup code: its program is the initrd");
	spec.syssize = 0x10007;
	build_bzimage(&cut, &spec);
	ok(refused(&cut, "nothing follows its 2560 bytes of setup code"), "else such a file is cut off");

	spec = modern_bzimage;
	spec.relocatable = 0;
	spec.pref_address = 0x100200;
	build_bzimage(&fixed, &spec);
	ok(refused(&fixed, "its pref_address 0x100200 is not the beginning of a page"),
	   "a kernel with a fixed address runs there only");
}

/* Exactly at each limit. */
static void test_just_good_enough(void)
{
	AUTO_BUFFER struct buffer shortest = { 0 }, largest = { 0 };
	AUTO_BZIMAGE struct bzimage image = { 0 };
	struct bzimage_spec spec = modern_bzimage;

	spec.header_end = 0x224 - 0x202;
	ok(accepted(&spec, &image, &shortest) && image.setup_header.size == 0x224 - 0x1f1, "the shortest header");
	bzimage_deinit(&image);

	spec = modern_bzimage;
	spec.payload_length = 4096 - spec.payload_offset;
	spec.init_size = 0x80000000;
	spec.pref_address = ((uint64_t)1 << 52) - spec.init_size;
	spec.version = "~";
	ok(accepted(&spec, &image, &largest) && image.init_size_bytes == 0x80000000 && !strcmp(image.version, "~"),
	   "the longest payload, the largest init_size, the highest address");
}

static void test_versions(void)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	AUTO_BZIMAGE struct bzimage image = { 0 };
	struct bytes bytes;

	build_bzimage(&buffer, &modern_bzimage);
	bytes = buffer_bytes(&buffer);
	memcpy(buffer.data + 0x300, "6.1\033[31m", 9);
	ok(no_error(bzimage_init(&image, bytes)) && !strcmp(image.version, "6.1"), "a version ends where it is not printable");
	bzimage_deinit(&image);

	memset(buffer.data + 0x300, 'v', 1536 - 0x300 + 1);
	ok(no_error(bzimage_init(&image, bytes)) && strlen(image.version) == 1536 - 0x300,
	   "a version without end ends with the setup code");
	bzimage_deinit(&image);

	poke(&buffer, 0x20e, 1536 - 0x200 - 1, 2);
	ok(no_error(bzimage_init(&image, bytes)) && !strcmp(image.version, "v"), "a version in the last byte");
	bzimage_deinit(&image);

	poke(&buffer, 0x20e, 1536 - 0x200, 2);
	ok(no_error(bzimage_init(&image, bytes)) && !image.version, "one behind the setup code is none");
	poke(&buffer, 0x20e, 0xffff, 2);
	ok(no_error(bzimage_init(&image, bytes)) && !image.version, "one far behind it is none");
}

static void test_bit_flips(void)
{
	AUTO_BUFFER struct buffer buffer = { 0 };

	build_bzimage(&buffer, &modern_bzimage);
	for (size_t bit = 0x1f0 * 8; bit < 0x270 * 8; bit++) {
		buffer.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		error_free(parse_part(&buffer, buffer.size));
		buffer.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ok(no_error(parse_part(&buffer, buffer.size)), "each bit of the header was flipped, and nothing crashed");
}

int main(void)
{
	struct bzimage zero = { 0 };

	test_modern();
	test_defaults_of_old_protocols();
	test_short_header();
	test_each_length();
	test_damaged();
	test_odd_but_good();
	test_without_32bit_entry();
	test_just_good_enough();
	test_versions();
	test_bit_flips();
	bzimage_deinit(&zero);
	return tap_done();
}
