/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/elf_file.h"

#include <elf.h>
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

/* The segments of all the files here; they end at byte 0x400 of the file. */
static const struct elf_segment two_segments[] = {
	{ .type = PT_LOAD, .flags = PF_R | PF_X, .vaddr = 0xc0100000, .paddr = 0x100000, .file_offset = 0x200,
	  .file_size = 0x100, .memory_size = 0x180, .align = 0x1000 },
	{ .type = PT_NOTE, .flags = PF_R, .vaddr = 5, .paddr = 6, .file_offset = 0x300, .file_size = 0x100,
	  .memory_size = 0, .align = 4 },
};

#define FILE_BYTES 0x400

static struct elf_spec spec_of(bool is_64)
{
	return (struct elf_spec){
		.is_64 = is_64,
		.type = ET_EXEC,
		.machine = is_64 ? EM_X86_64 : EM_386,
		.entry = 0x100020,
		.segments = two_segments,
		.segment_count = ARRAY_COUNT(two_segments),
	};
}

static void build_file(struct buffer *buffer, const struct elf_spec *spec)
{
	build_elf(buffer, spec);
	put_zeros(buffer, FILE_BYTES - buffer->size);
}

static bool same_segment(const struct elf_segment *a, const struct elf_segment *b)
{
	return a->type == b->type && a->flags == b->flags && a->vaddr == b->vaddr && a->paddr == b->paddr &&
	       a->file_offset == b->file_offset && a->file_size == b->file_size &&
	       a->memory_size == b->memory_size && a->align == b->align;
}

/* From an exact copy, so that reading one byte too many is seen. */
static struct error *parse(struct elf_file *elf, struct bytes bytes, uint64_t file_size)
{
	AUTO_FREE uint8_t *copy = exact_copy(bytes);

	return elf_file_init(elf, (struct bytes){ copy, bytes.size }, file_size);
}

static bool refused(const struct buffer *buffer, const char *says)
{
	struct elf_file elf = { 0 };
	bool as_expected = error_contains(parse(&elf, buffer_bytes(buffer), buffer->size), says);

	if (elf.segments)
		as_expected = false;
	elf_file_deinit(&elf);
	return as_expected;
}

static void test_good_file(bool is_64, bool count_in_section)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	AUTO_ELF_FILE struct elf_file elf = { 0 };
	struct elf_spec spec = spec_of(is_64);
	const char *bits = is_64 ? "64 bit" : "32 bit";

	spec.count_in_section = count_in_section;
	build_file(&buffer, &spec);
	ok(elf_file_probe(buffer_bytes(&buffer)), "%s: is known as ELF", bits);
	if (!ok(no_error(parse(&elf, buffer_bytes(&buffer), buffer.size)), "%s: is parsed%s", bits,
		count_in_section ? ", with its count in section header 0" : ""))
		return;
	ok(elf.is_64 == is_64 && elf.type == ET_EXEC && elf.machine == spec.machine && elf.entry == 0x100020,
	   "%s: has the fields of its header", bits);
	ok(elf.segment_count == 2 && same_segment(&elf.segments[0], &two_segments[0]) &&
		   same_segment(&elf.segments[1], &two_segments[1]),
	   "%s: has its segments", bits);
}

/* More than e_phnum can say, in both senses. */
static void test_many_segments(bool is_64)
{
	const size_t count = PN_XNUM + 10;
	AUTO_FREE struct elf_segment *segments = xcalloc(count, sizeof(*segments));
	AUTO_BUFFER struct buffer buffer = { 0 };
	AUTO_ELF_FILE struct elf_file elf = { 0 };
	struct elf_spec spec = spec_of(is_64);

	for (size_t i = 0; i < count; i++)
		segments[i] = (struct elf_segment){ .type = PT_LOAD, .paddr = i * 4096, .memory_size = 4096, .align = 1 };
	spec.segments = segments;
	spec.segment_count = count;
	spec.count_in_section = true;
	build_elf(&buffer, &spec);
	ok(no_error(parse(&elf, buffer_bytes(&buffer), buffer.size)) && elf.segment_count == count &&
		   elf.segments[count - 1].paddr == (count - 1) * 4096,
	   "%d bit: %zu segments", is_64 ? 64 : 32, count);
}

/* Each length: an error, but never one byte read behind the end. */
static void test_every_length(bool is_64, bool count_in_section)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct elf_spec spec = spec_of(is_64);
	bool errors = true, short_headers = true;

	spec.count_in_section = count_in_section;
	build_elf(&buffer, &spec);
	size_t headers = buffer.size;
	put_zeros(&buffer, FILE_BYTES - buffer.size);
	for (size_t length = 0; length < FILE_BYTES; length++) {
		AUTO_ELF_FILE struct elf_file elf = { 0 };
		struct error *error = parse(&elf, (struct bytes){ buffer.data, length }, length);

		if (!error || elf.segments)
			errors = false;
		error_free(error);
		error = parse(&elf, (struct bytes){ buffer.data, length }, FILE_BYTES);
		if (!error != (length >= headers))
			short_headers = false;
		error_free(error);
	}
	ok(errors, "%d bit%s: cut off at each length is an error", is_64 ? 64 : 32,
	   count_in_section ? ", count in section header 0" : "");
	ok(short_headers, "%d bit%s: the headers alone do, if the file is known to be longer", is_64 ? 64 : 32,
	   count_in_section ? ", count in section header 0" : "");
}

static void test_messages_of_cut_files(bool is_64)
{
	static const struct {
		size_t length;
		const char *says;
	} cases[] = {
		{ 0, "not an ELF file" },
		{ 3, "not an ELF file" },
		{ 4, "cut off: its identification needs 16 bytes and there are 4" },
		{ 20, "cut off: its header needs" },
		{ 0x80, "2 program headers at offset" },
		{ 0x2ff, "segment 0 has 0x100 bytes at offset 0x200, and the file has 0x2ff bytes" },
		{ 0x301, "segment 1 has" },
	};
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct elf_spec spec = spec_of(is_64);

	build_file(&buffer, &spec);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		buffer.size = cases[i].length;
		if (cases[i].length == 0x80 && !is_64)
			buffer.size = 0x60;
		ok(refused(&buffer, cases[i].says), "%d bit, %zu bytes: %s", is_64 ? 64 : 32, buffer.size, cases[i].says);
	}
}

static void test_damaged_headers(void)
{
	static const struct {
		size_t offset;
		uint64_t value;
		size_t size;
		const char *says;
	} cases[] = {
		{ 0, 'M', 1, "not an ELF file" },
		{ EI_CLASS, 3, 1, "unknown class 3" },
		{ EI_DATA, ELFDATA2MSB, 1, "big endian" },
		{ EI_DATA, 0, 1, "unknown byte order 0" },
		{ offsetof(Elf64_Ehdr, e_phentsize), 32, 2, "have 32 bytes each, and not 56" },
		{ offsetof(Elf64_Ehdr, e_phentsize), 0, 2, "have 0 bytes each" },
		{ offsetof(Elf64_Ehdr, e_phoff), UINT64_MAX, 8, "2 program headers at offset 0xffffffffffffffff" },
		{ offsetof(Elf64_Ehdr, e_phoff), FILE_BYTES - 1, 8, "program headers at offset 0x3ff" },
		{ offsetof(Elf64_Ehdr, e_phnum), PN_XNUM, 2, "section header 0 at offset 0" },
		{ offsetof(Elf64_Ehdr, e_phnum), 0xfffe, 2, "65534 program headers" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_BUFFER struct buffer buffer = { 0 };
		struct elf_spec spec = spec_of(true);

		build_file(&buffer, &spec);
		poke(&buffer, cases[i].offset, cases[i].value, cases[i].size);
		ok(refused(&buffer, cases[i].says), "%s", cases[i].says);
	}
}

static void test_damaged_section_count(void)
{
	AUTO_BUFFER struct buffer buffer = { 0 };
	struct elf_spec spec = spec_of(true);

	spec.count_in_section = true;
	build_elf(&buffer, &spec);
	poke(&buffer, buffer.size - sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_info), UINT32_MAX, 4);
	ok(refused(&buffer, "4294967295 program headers"), "a count of 2^32 - 1 program headers");
	poke(&buffer, offsetof(Elf64_Ehdr, e_shoff), UINT64_MAX - 3, 8);
	ok(refused(&buffer, "section header 0 at offset 0xfffffffffffffffc"), "section header 0 at the end of offsets");
}

static void test_damaged_segments(void)
{
	static const struct {
		struct elf_segment segment;
		const char *says;
	} cases[] = {
		{ { .type = PT_LOAD, .file_offset = UINT64_MAX, .file_size = 2, .memory_size = 2 }, "segment 0 has 0x2 bytes" },
		{ { .type = PT_LOAD, .file_offset = 2, .file_size = UINT64_MAX, .memory_size = 2 }, "cut off or damaged" },
		{ { .type = PT_NOTE, .file_offset = FILE_BYTES, .file_size = 1 }, "cut off or damaged" },
		{ { .type = PT_LOAD, .file_size = 0x20, .memory_size = 0x1f }, "0x20 bytes in the file, but 0x1f in memory" },
		{ { .type = PT_LOAD, .paddr = UINT64_MAX - 0xfff, .memory_size = 0x1000 }, "does not fit into the address space" },
		{ { .type = PT_LOAD, .paddr = 0x1000, .memory_size = UINT64_MAX }, "does not fit into the address space" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_BUFFER struct buffer buffer = { 0 };
		struct elf_spec spec = spec_of(true);

		spec.segments = &cases[i].segment;
		spec.segment_count = 1;
		build_file(&buffer, &spec);
		ok(refused(&buffer, cases[i].says), "segment %zu: %s", i, cases[i].says);
	}
}

/* Exactly at each limit. */
static void test_just_good_enough(bool is_64)
{
	const struct elf_segment segments[] = {
		{ .type = PT_LOAD, .file_size = FILE_BYTES, .memory_size = FILE_BYTES },
		{ .type = PT_LOAD, .file_offset = FILE_BYTES, .file_size = 0, .memory_size = 1 },
		{ .type = PT_LOAD, .paddr = UINT64_MAX - 0x1000, .memory_size = 0x1000 },
	};
	AUTO_BUFFER struct buffer whole = { 0 }, header = { 0 };
	AUTO_ELF_FILE struct elf_file elf = { 0 }, none = { 0 };
	struct elf_spec spec = spec_of(is_64);
	int bits = is_64 ? 64 : 32;

	spec.segments = segments;
	spec.segment_count = ARRAY_COUNT(segments);
	build_file(&whole, &spec);
	ok(no_error(parse(&elf, buffer_bytes(&whole), whole.size)) && elf.segment_count == 3,
	   "%d bit: segments may reach to the ends of file and memory", bits);
	spec.segment_count = 0;
	build_elf(&header, &spec);
	ok(no_error(parse(&none, buffer_bytes(&header), header.size)) && none.segment_count == 0,
	   "%d bit: a header alone is a file without segments", bits);
}

/* What the kernel's own cores look like. */
static void test_odd_but_good_segments(bool is_64)
{
	const uint64_t none = is_64 ? UINT64_MAX : UINT32_MAX;
	const struct elf_segment segments[] = {
		{ .type = PT_LOAD, .vaddr = none, .paddr = 0x30000000, .memory_size = 0x1000 },
		{ .type = PT_LOAD, .vaddr = 0xff800000, .paddr = none, .memory_size = 0x1000, .align = 3 },
		{ .type = PT_LOAD, .paddr = 0x1000, .file_offset = 0x200, .file_size = 0x10, .memory_size = 0 },
		{ .type = PT_NULL, .file_offset = none, .file_size = none, .memory_size = 5 },
		{ .type = PT_GNU_STACK, .flags = PF_R },
	};
	AUTO_BUFFER struct buffer buffer = { 0 };
	AUTO_ELF_FILE struct elf_file elf = { 0 };
	struct elf_spec spec = spec_of(is_64);
	int bits = is_64 ? 64 : 32;

	spec.segments = segments;
	spec.segment_count = ARRAY_COUNT(segments);
	build_file(&buffer, &spec);
	if (!ok(no_error(parse(&elf, buffer_bytes(&buffer), buffer.size)) && elf.segment_count == 5,
		"%d bit: a core with odd segments is parsed", bits))
		return;
	ok(elf.segments[0].vaddr == ELF_NO_ADDRESS && elf.segments[1].paddr == ELF_NO_ADDRESS,
	   "%d bit: an address of -1 is none", bits);
	ok(elf.segments[0].align == 1 && elf.segments[1].align == 1, "%d bit: an alignment is a power of two", bits);
	ok(elf.segments[3].type == PT_NULL && elf.segments[3].file_size == 0 && elf.segments[3].memory_size == 0,
	   "%d bit: an unused entry has no content", bits);
}

/* /proc/kcore: offsets beyond any file, a size that nobody knows. */
static void test_unknown_file_size(void)
{
	struct elf_segment segment = { .type = PT_LOAD, .vaddr = 0xffff888000000000, .paddr = 0, .align = 4096,
				       .file_offset = 0x7fff88001000, .file_size = 0x80000000,
				       .memory_size = 0x80000000 };
	AUTO_BUFFER struct buffer buffer = { 0 };
	AUTO_ELF_FILE struct elf_file elf = { 0 };
	struct elf_spec spec = spec_of(true);

	spec.segments = &segment;
	spec.segment_count = 1;
	spec.type = ET_CORE;
	build_elf(&buffer, &spec);
	ok(no_error(parse(&elf, buffer_bytes(&buffer), UINT64_MAX)) && elf.segments[0].file_offset == 0x7fff88001000,
	   "a file of unknown size may have any offset");
	ok(error_contains(parse(&elf, buffer_bytes(&buffer), 1 << 30), "cut off"), "one of known size may not");
}

static void put_note(struct buffer *notes, const char *name, size_t name_size, uint32_t type, const char *desc,
		     size_t desc_size)
{
	put_u32(notes, (uint32_t)name_size);
	put_u32(notes, (uint32_t)desc_size);
	put_u32(notes, type);
	put(notes, name, name_size);
	put_zeros(notes, -name_size & 3);
	put(notes, desc, desc_size);
	put_zeros(notes, -desc_size & 3);
}

static bool found(struct bytes notes, const char *name, uint32_t type, const char *desc)
{
	AUTO_FREE uint8_t *copy = exact_copy(notes);
	struct bytes got = { NULL, 12345 };

	if (!elf_note_find((struct bytes){ copy, notes.size }, name, type, &got))
		return !desc && got.size == 12345;
	return desc && got.size == strlen(desc) && memcmp(got.data, desc, got.size) == 0;
}

static void test_notes(void)
{
	AUTO_BUFFER struct buffer notes = { 0 };

	put_note(&notes, "CORE", 5, 1, "registers", 9);
	put_note(&notes, "VMCOREINFO", 11, 0, "OSRELEASE=6.1\n", 14);
	put_note(&notes, "", 0, 7, "nameless", 8);
	put_note(&notes, "LINUX", 5, 8, "no NUL", 6); /* some writers leave it out of the count */
	put_note(&notes, "KJUMP", 6, 1, "", 0);
	put_note(&notes, "KJUMP", 6, 2, "last", 4);

	struct bytes all = buffer_bytes(&notes);
	ok(found(all, "CORE", 1, "registers"), "the first note");
	ok(found(all, "VMCOREINFO", 0, "OSRELEASE=6.1\n"), "one behind an odd size");
	ok(found(all, "", 7, "nameless"), "one without a name");
	ok(found(all, "LINUX", 8, "no NUL"), "one whose name has no NUL");
	ok(found(all, "KJUMP", 1, ""), "one without content");
	ok(found(all, "KJUMP", 2, "last"), "the last one, by its type");
	ok(found(all, "KJUMP", 3, NULL) && found(all, "KJUM", 1, NULL) && found(all, "KJUMPS", 1, NULL) &&
		   found(all, "core", 1, NULL),
	   "no other name or type is found");
	ok(found((struct bytes){ NULL, 0 }, "CORE", 1, NULL), "nothing is in nothing");
}

static void test_malformed_notes(void)
{
	AUTO_BUFFER struct buffer notes = { 0 };
	bool cut = true;

	put_note(&notes, "A", 2, 1, "abc", 3);
	put_note(&notes, "B", 2, 2, "defgh", 5);
	notes.size -= 3;
	ok(found(buffer_bytes(&notes), "B", 2, "defgh"), "the last note need not be padded");
	for (size_t length = 0; length < notes.size; length++)
		cut = cut && found((struct bytes){ notes.data, length }, "B", 2, NULL) &&
		      found((struct bytes){ notes.data, length }, "A", 1, length < 19 ? NULL : "abc");
	ok(cut, "cut off at each length: notes that are wholly there are found, others not");
	poke(&notes, 0, UINT32_MAX, 4);
	ok(found(buffer_bytes(&notes), "B", 2, NULL), "a name of 2^32 - 1 bytes ends the search");
	poke(&notes, 0, 2, 4);
	poke(&notes, 4, UINT32_MAX - 1, 4);
	ok(found(buffer_bytes(&notes), "B", 2, NULL), "a content of 2^32 - 2 bytes ends it, too");
}

int main(void)
{
	struct elf_file zero = { 0 };

	for (int is_64 = 0; is_64 < 2; is_64++) {
		test_good_file(is_64, false);
		test_good_file(is_64, true);
		test_many_segments(is_64);
		test_every_length(is_64, false);
		test_every_length(is_64, true);
		test_messages_of_cut_files(is_64);
		test_just_good_enough(is_64);
		test_odd_but_good_segments(is_64);
	}
	test_damaged_headers();
	test_damaged_section_count();
	test_damaged_segments();
	test_unknown_file_size();
	test_notes();
	test_malformed_notes();
	elf_file_deinit(&zero);
	return tap_done();
}
