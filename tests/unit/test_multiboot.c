/* SPDX-License-Identifier: GPL-2.0-only */
/* The headers of multiboot images, read. */
#include "kexec/format/multiboot.h"

#include <string.h>

#include "kexec/format/multiboot_layout.h"
#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/image_builder.h"

/* From a copy of exactly this size. */
static struct error *parse(struct multiboot *multiboot, struct bytes bytes, int version)
{
	AUTO_FREE uint8_t *copy = exact_copy(bytes);

	return multiboot_init(multiboot, (struct bytes){ copy, bytes.size }, version);
}

static bool parses(struct multiboot *multiboot, const struct buffer *buffer, int version)
{
	return no_error(parse(multiboot, buffer_bytes(buffer), version));
}

static bool refused(const struct buffer *buffer, int version, const char *text)
{
	struct multiboot multiboot;

	return error_contains(parse(&multiboot, buffer_bytes(buffer), version), text);
}

static bool mb1_flags_refused(uint32_t flags, const char *text)
{
	AUTO_BUFFER struct buffer buffer = { 0 };

	build_multiboot1(&buffer, 0, flags, NULL, 512);
	return refused(&buffer, 1, text);
}

static bool mb1_found_at(size_t offset)
{
	AUTO_BUFFER struct buffer buffer = { 0 };

	build_multiboot1(&buffer, offset, MB1_HEADER_PAGE_ALIGN | MB1_HEADER_MEMORY, NULL, 0);
	return multiboot_probe(buffer_bytes(&buffer), 1);
}

static void test_mb1_search(void)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct multiboot multiboot;

	ok(mb1_found_at(0) && mb1_found_at(4) && mb1_found_at(8180), "a version 1 header is found up to byte 8192");
	ok(!mb1_found_at(8184) && !mb1_found_at(8192), "not if it ends after that");
	ok(!mb1_found_at(2), "nor if it is not aligned to 4");
	build_multiboot1(&buffer, 64, MB1_HEADER_VIDEO, NULL, 100);
	ok(parses(&multiboot, &buffer, 1) && multiboot.version == 1 && multiboot.requests_framebuffer &&
		   !multiboot.has_addresses && !multiboot.has_entry && !multiboot.relocatable,
	   "the flags are read");
	poke(&buffer, 64 + 8, 0, 4);
	ok(refused(&buffer, 1, "no multiboot header in its first 8192 bytes"), "a wrong sum is no header");
	ok(mb1_flags_refused(0x8, "not provided: flags 0x8") && mb1_flags_refused(0xfff3, "not provided: flags 0xfff0"),
	   "flags that must be understood and are not are named");
}

static void test_mb1_addresses(void)
{
	/* The header is at 0x10 in the file and at 0x100010 in memory. */
	static const uint32_t addresses[5] = { 0x100010, 0x100000, 0x100080, 0x100200, 0x100040 };
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct multiboot multiboot;

	build_multiboot1(&buffer, 0x10, MB1_HEADER_ADDRESSES, addresses, 0x90);
	ok(parses(&multiboot, &buffer, 1) && multiboot.has_addresses && multiboot.file_offset == 0 &&
		   multiboot.file_size == 0x80 && multiboot.load_address == 0x100000 &&
		   multiboot.memory_size == 0x200 && multiboot.has_entry && multiboot.entry == 0x100040,
	   "load addresses are read");
	poke(&buffer, 0x10 + 20, 0, 4);
	poke(&buffer, 0x10 + 24, 0, 4);
	ok(parses(&multiboot, &buffer, 1) && multiboot.file_size == 0x90 && multiboot.memory_size == 0x90,
	   "without ends it is the whole file");
	poke(&buffer, 0x10 + 20, 0x100091, 4);
	ok(refused(&buffer, 1, "which the file of 144 bytes does not have"), "an end after the file's is refused");
	poke(&buffer, 0x10 + 20, 0xfffff, 4);
	ok(refused(&buffer, 1, "loads 0x100000-0xfffff,"), "an end before the beginning is refused");
	poke(&buffer, 0x10 + 20, 0, 4);
	poke(&buffer, 0x10 + 16, 0xff000, 4);
	ok(refused(&buffer, 1, "begins after the load address"), "so is a load address before the file");
	poke(&buffer, 0x10 + 16, 0x100011, 4);
	ok(refused(&buffer, 1, "begins after the load address"), "and a header below the load address");
	poke(&buffer, 0x10 + 12, 0xfffffff0, 4);
	poke(&buffer, 0x10 + 16, 0xfffffff0, 4);
	ok(refused(&buffer, 1, "not below 4 GiB"), "and memory beyond 4 GiB");
}

static void test_mb2_search(void)
{
	AUTO_BUFFER struct buffer at_end = { 0 }, behind = { 0 }, odd = { 0 }, mips = { 0 };

	build_multiboot2(&at_end, 32768 - 16, NULL, 0, 0);
	build_multiboot2(&behind, 32768 - 8, NULL, 0, 0);
	build_multiboot2(&odd, 4, NULL, 0, 0);
	ok(multiboot_probe(buffer_bytes(&at_end), 2), "a version 2 header is found up to byte 32768");
	ok(!multiboot_probe(buffer_bytes(&behind), 2), "not behind it");
	ok(!multiboot_probe(buffer_bytes(&odd), 2), "nor if it is not aligned to 8");
	ok(!multiboot_probe(buffer_bytes(&at_end), 1), "nor as one of version 1");
	build_multiboot2(&mips, 0, NULL, 0, 0);
	poke(&mips, 4, 4, 4);
	poke(&mips, 12, (uint32_t) - (MB2_HEADER_MAGIC + 4 + 24), 4);
	ok(refused(&mips, 2, "for architecture 4, not x86"), "one for MIPS is refused");
}

static const struct multiboot_tag xen_like[] = {
	{ MB2_HEADER_REQUESTS, 0, { MB2_BASIC_MEMORY, MB2_MEMORY_MAP }, 2 },
	{ MB2_HEADER_PAGE_ALIGN, 0, { 0 }, 0 },
	{ MB2_HEADER_RELOCATABLE, MB2_HEADER_OPTIONAL, { 0x200000, 0xffffffff, 0x200000, 0 }, 4 },
	{ MB2_HEADER_CONSOLE, MB2_HEADER_OPTIONAL, { 3 }, 1 },
	{ MB2_HEADER_FRAMEBUFFER, MB2_HEADER_OPTIONAL, { 1024, 768, 32 }, 3 },
	{ 7, MB2_HEADER_OPTIONAL, { 0 }, 0 },
	{ MB2_HEADER_ENTRY_EFI64, MB2_HEADER_OPTIONAL, { 0x200100 }, 1 },
};

static void test_mb2_tags(void)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct multiboot multiboot;

	build_multiboot2(&buffer, 0x80, xen_like, ARRAY_COUNT(xen_like), 0);
	ok(parses(&multiboot, &buffer, 2) && multiboot.version == 2 && multiboot.relocatable &&
		   multiboot.min_address == 0x200000 && multiboot.max_address == 0xffffffff &&
		   multiboot.align == 0x200000 && !multiboot.prefers_high && multiboot.requests_framebuffer &&
		   !multiboot.has_addresses && !multiboot.has_entry,
	   "the tags of a header like Xen's are read, those of EFI left out");

	size_t whole = buffer.size;
	unsigned int wrong = 0;

	for (size_t size = 0; size < whole; size++) {
		struct error *error = parse(&multiboot, (struct bytes){ buffer.data, size }, 2);

		wrong += !error;
		error_free(error);
	}
	ok(!wrong, "cut at any length it is refused");
}

static bool tag_refused(struct multiboot_tag tag, const char *text)
{
	AUTO_BUFFER struct buffer buffer = { 0 };

	build_multiboot2(&buffer, 0, &tag, 1, 256);
	return refused(&buffer, 2, text);
}

static bool tag_taken(struct multiboot_tag tag)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct multiboot multiboot;

	build_multiboot2(&buffer, 0, &tag, 1, 256);
	return parses(&multiboot, &buffer, 2);
}

static void test_mb2_refusals(void)
{
	ok(tag_refused((struct multiboot_tag){ 7, 0, { 0 }, 0 }, "not provided: tag 7"), "boot services that must be there are not");
	ok(tag_refused((struct multiboot_tag){ 99, 0, { 0 }, 0 }, "not provided: tag 99") &&
		   tag_taken((struct multiboot_tag){ 99, MB2_HEADER_OPTIONAL, { 0 }, 0 }),
	   "an unknown tag is refused, unless it is optional");
	ok(tag_refused((struct multiboot_tag){ MB2_HEADER_REQUESTS, 0, { MB2_MODULE, 12 }, 2 }, "not provided: type 12") &&
		   tag_refused((struct multiboot_tag){ MB2_HEADER_REQUESTS, 0, { 1000000 }, 1 }, "type 1000000") &&
		   tag_taken((struct multiboot_tag){ MB2_HEADER_REQUESTS, MB2_HEADER_OPTIONAL, { 12 }, 1 }),
	   "so is information that is not provided");
	ok(tag_refused((struct multiboot_tag){ MB2_HEADER_ENTRY, 0, { 0 }, 0 }, "a tag 3 of 8 bytes; 12 are needed"),
	   "a tag that is too short is refused");
	ok(tag_refused((struct multiboot_tag){ MB2_HEADER_RELOCATABLE, 0, { 0, 1, 3, 0 }, 4 }, "not a power of two") &&
		   tag_refused((struct multiboot_tag){ MB2_HEADER_RELOCATABLE, 0, { 2, 1, 4, 0 }, 4 }, "from 0x2 to 0x1"),
	   "so is a relocation that cannot be");
	ok(tag_refused((struct multiboot_tag){ MB2_HEADER_ADDRESS, 0, { 0x100000, 0x100000, 0, 0 }, 4 }, "no entry address"),
	   "and load addresses without an entry");
}

static void test_mb2_addresses(void)
{
	static const struct multiboot_tag tags[] = {
		{ MB2_HEADER_ADDRESS, 0, { 0x100020, UINT32_MAX, 0, 0x101000 }, 4 },
		{ MB2_HEADER_ENTRY, 0, { 0x100060 }, 1 },
	};
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct multiboot multiboot;

	build_multiboot2(&buffer, 0x20, tags, 2, 0x200);
	ok(parses(&multiboot, &buffer, 2) && multiboot.file_offset == 0 && multiboot.file_size == 0x200 &&
		   multiboot.load_address == 0x100000 && multiboot.memory_size == 0x1000 && multiboot.entry == 0x100060,
	   "load address -1 is from the file's beginning on");
}

int main(void)
{
	test_mb1_search();
	test_mb1_addresses();
	test_mb2_search();
	test_mb2_tags();
	test_mb2_refusals();
	test_mb2_addresses();
	return tap_done();
}
