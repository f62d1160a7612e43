/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/uki.h"

#include <string.h>

#include "kexec/format/pe.h"
#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/image_builder.h"

#define TEXT(text) { (const uint8_t *)(text), sizeof(text) - 1 }

/* From a copy of exactly this size, which *ret_copy keeps. */
static struct error *parse(struct uki *uki, struct bytes bytes, uint8_t **ret_copy)
{
	*ret_copy = exact_copy(bytes);
	return uki_init(uki, (struct bytes){ *ret_copy, bytes.size });
}

static bool is_part(struct bytes part, const char *text)
{
	return part.size == strlen(text) && !memcmp(part.data, text, part.size);
}

static const struct pe_section_spec usual[] = {
	{ ".text", TEXT("stub"), 0 },
	{ ".osrel", TEXT("ID=deb\nPRETTY_NAME=\"A system 1\"\n"), 0 },
	{ ".cmdline", TEXT("root=/dev/vda quiet\n\0"), 0 },
	{ ".linux", TEXT("the kernel"), 0 },
	{ ".initrd", TEXT("first"), 0 },
	{ ".initrd", TEXT("second"), 0 },
	{ ".ucode", TEXT("microcode"), 0 },
};

static void test_usual(void)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	AUTO_UKI struct uki uki = { 0 };
	AUTO_FREE uint8_t *copy = NULL;

	build_pe(&buffer, PE_MACHINE_X86_64, usual, ARRAY_COUNT(usual));
	ok(uki_probe(buffer_bytes(&buffer)) && no_error(parse(&uki, buffer_bytes(&buffer), &copy)), "a UKI is parsed");
	ok(is_part(uki.kernel, "the kernel"), "its kernel, without padding");
	ok(uki.initrd_count == 3 && is_part(uki.initrds[0], "microcode") && is_part(uki.initrds[1], "first") &&
		   is_part(uki.initrds[2], "second"),
	   "its initrds, microcode before them");
	is_text(uki.cmdline, "root=/dev/vda quiet", "its command line, without the end of the line");
	is_text(uki.os_name, "A system 1", "its system's name, without quotes");
}

static void test_least(void)
{
	static const struct pe_section_spec one = { ".linux", TEXT("k"), 0 };
	AUTO_BUFFER struct buffer buffer = { 0 };
	AUTO_UKI struct uki uki = { 0 };
	AUTO_FREE uint8_t *copy = NULL;

	build_pe(&buffer, PE_MACHINE_I386, &one, 1);
	ok(no_error(parse(&uki, buffer_bytes(&buffer), &copy)) && !uki.initrd_count && !uki.cmdline && !uki.os_name,
	   "a kernel is enough");
}

static void test_profiles(void)
{
	static const struct pe_section_spec sections[] = {
		{ ".linux", TEXT("k"), 0 },	   { ".initrd", TEXT("base"), 0 },    { ".cmdline", TEXT("base"), 0 },
		{ ".profile", TEXT("ID=0"), 0 },   { ".cmdline", TEXT("zero"), 0 },   { ".initrd", TEXT("zero"), 0 },
		{ ".profile", TEXT("ID=1"), 0 },   { ".cmdline", TEXT("one"), 0 },
	};
	AUTO_BUFFER struct buffer buffer = { 0 };
	AUTO_UKI struct uki uki = { 0 };
	AUTO_FREE uint8_t *copy = NULL;

	build_pe(&buffer, PE_MACHINE_X86_64, sections, ARRAY_COUNT(sections));
	ok(no_error(parse(&uki, buffer_bytes(&buffer), &copy)) && is_part(uki.kernel, "k") && uki.initrd_count == 1 &&
		   is_part(uki.initrds[0], "zero"),
	   "of several profiles the first replaces the sections before it");
	is_text(uki.cmdline, "zero", "and later ones are ignored");
}

static bool refused(const struct pe_section_spec *sections, size_t count, uint16_t machine, const char *text)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	AUTO_FREE uint8_t *copy = NULL;
	struct uki uki = { 0 };

	build_pe(&buffer, machine, sections, count);
	return error_contains(parse(&uki, buffer_bytes(&buffer), &copy), text) && !uki.kernel.data && !uki.cmdline;
}

static void test_refusals(void)
{
	static const struct pe_section_spec twice[] = { { ".linux", TEXT("a"), 0 }, { ".linux", TEXT("b"), 0 } };
	static const struct pe_section_spec empty[] = { { ".linux", { 0 }, 0 } };
	static const struct pe_section_spec nul[] = { { ".linux", TEXT("a"), 0 }, { ".cmdline", TEXT("a\0b"), 0 } };

	ok(refused(twice, 2, PE_MACHINE_X86_64, "two sections \".linux\""), "two kernels are refused");
	ok(refused(empty, 1, PE_MACHINE_X86_64, "not there, or empty"), "so is a UKI without one");
	ok(refused(nul, 2, PE_MACHINE_X86_64, "a NUL after 1 bytes"), "and a NUL in the command line");
	ok(refused(twice, 1, 0xaa64, "another machine: 0xaa64"), "and one for arm64");
}

/* Cut at the end of each header and section, with a byte less and more: no byte outside is read. */
static void test_each_length(void)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	unsigned int taken = 0;
	size_t last = 0;

	build_pe(&buffer, PE_MACHINE_X86_64, usual, ARRAY_COUNT(usual));
	for (size_t size = 0; size <= buffer.size; size++) {
		AUTO_FREE uint8_t *copy = NULL;
		AUTO_UKI struct uki uki = { 0 };
		struct error *error = parse(&uki, (struct bytes){ buffer.data, size }, &copy);

		taken += !error;
		last = error ? size : last;
		error_free(error);
	}
	/* The padding of the last section may be missing. */
	ok(taken == 512 - strlen("microcode") + 1 && last == buffer.size - 512 + strlen("microcode") - 1,
	   "cut at any length it is refused, unless only padding is cut");
}

static void test_sizes(void)
{
	struct pe_section_spec sections[] = { { ".linux", TEXT("kernel"), 3 }, { ".initrd", TEXT("initrd"), 100000 } };
	AUTO_BUFFER struct buffer buffer = { 0 };
	AUTO_UKI struct uki uki = { 0 };
	AUTO_FREE uint8_t *copy = NULL;

	build_pe(&buffer, PE_MACHINE_X86_64, sections, 2);
	ok(no_error(parse(&uki, buffer_bytes(&buffer), &copy)) && is_part(uki.kernel, "ker") &&
		   uki.initrds[0].size == 512,
	   "the smaller one of a section's two sizes is used");
	poke(&buffer, 0x3c, 0xfffffff0, 4);
	ok(!uki_probe(buffer_bytes(&buffer)) && !pe_probe(buffer_bytes(&buffer)), "a header beyond the file is none");
}

/* Every field of the headers, with its bits flipped one by one: no crash. */
static void test_bit_flips(void)
{
	AUTO_BUFFER struct buffer buffer = { 0 };

	build_pe(&buffer, PE_MACHINE_X86_64, usual, ARRAY_COUNT(usual));
	for (size_t bit = 0; bit < 0x300 * 8; bit++) {
		AUTO_FREE uint8_t *copy = exact_copy(buffer_bytes(&buffer));
		AUTO_UKI struct uki uki = { 0 };

		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		error_free(uki_init(&uki, (struct bytes){ copy, buffer.size }));
	}
	ok(true, "with any bit of its headers flipped it is parsed or refused");
}

int main(void)
{
	test_usual();
	test_least();
	test_profiles();
	test_refusals();
	test_each_length();
	test_sizes();
	test_bit_flips();
	return tap_done();
}
