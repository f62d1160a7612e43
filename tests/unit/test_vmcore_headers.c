/* SPDX-License-Identifier: GPL-2.0-only */
/* Headers that are built, read back with elf_file as the next kernel and every tool reads them. */
#include "kexec/plan/vmcore_headers.h"

#include <elf.h>
#include <time.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define GIB (UINT64_C(1) << 30)
#define START UINT64_C(0x8fff000)

struct built {
	uint8_t *data;
	size_t size;
	size_t descs[2];
	struct elf_file elf;
};

static const struct vmcore_note notes[] = { { "VMCOREINFO", 0, "OSRELEASE=6.1\n", 14 }, { "KJUMP", 1, "12345", 5 } };

static void built_deinit(struct built *built)
{
	elf_file_deinit(&built->elf);
	free(built->data);
}
#define AUTO_BUILT __attribute__((cleanup(built_deinit)))

/* Builds them, and checks them against vmcore_headers_size_limit. */
static bool build(struct built *built, bool is_64, const struct kernel_map *map, const struct span_set *memory)
{
	struct vmcore_headers headers = { .is_64 = is_64, .map = map, .memory = memory, .notes = notes,
					  .note_count = ARRAY_COUNT(notes) };

	return no_error(vmcore_headers_build(&headers, START, &built->data, &built->size, built->descs)) &&
	       built->size <= vmcore_headers_size_limit(&headers, memory->count + 2) &&
	       no_error(elf_file_init(&built->elf, (struct bytes){ built->data, built->size }, UINT64_MAX));
}

/* "linear=start-last, …" of the PT_LOADs; "-" is no linear address. */
static char *loads_text(const struct elf_file *elf)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < elf->segment_count; i++) {
		const struct elf_segment *load = &elf->segments[i];
		AUTO_FREE char *before = text;
		AUTO_FREE char *linear = load->vaddr == ELF_NO_ADDRESS ? xstrdup("-") :
									  xasprintf("%" PRIx64, load->vaddr);

		text = load->type == PT_LOAD ?
			       xasprintf("%s%s%s=%" PRIx64 "-%" PRIx64, before, *before ? ", " : "", linear, load->paddr,
					 load->paddr + load->memory_size - 1) :
			       xstrdup(before);
	}
	return text;
}

/* The rules of every core: one PT_NOTE first, file offsets are physical addresses, sizes are the same. */
static bool is_sound(const struct built *built)
{
	const struct elf_segment *note = &built->elf.segments[0];
	bool sound = built->elf.type == ET_CORE && built->elf.segment_count > 0 && note->type == PT_NOTE &&
		     note->paddr == note->file_offset && note->file_offset + note->file_size == START + built->size &&
		     note->memory_size == note->file_size;

	for (size_t i = 1; i < built->elf.segment_count; i++) {
		const struct elf_segment *load = &built->elf.segments[i];

		sound = sound && load->type == PT_LOAD && load->file_offset == load->paddr &&
			load->file_size == load->memory_size && load->file_size && !(load->paddr % PAGE_SIZE_BYTES);
	}
	return sound;
}

static void test_notes(const struct built *built)
{
	const struct elf_segment *segment = &built->elf.segments[0];
	struct bytes all = { built->data, built->size }, content = { 0 }, desc = { 0 };

	if (!ok(bytes_part(all, segment->file_offset - START, segment->file_size, &content), "the notes are in it"))
		return;
	ok(elf_note_find(content, "VMCOREINFO", 0, &desc) && desc.size == 14 && !memcmp(desc.data, "OSRELEASE=6.1\n", 14),
	   "VMCOREINFO");
	ok(desc.data == built->data + built->descs[0], "is at the offset that was returned");
	ok(elf_note_find(content, "KJUMP", 1, &desc) && desc.size == 5 && desc.data == built->data + built->descs[1],
	   "and KJUMP, behind an odd size");
}

static void test_x86_64(void)
{
	const struct kernel_map map = { .arch = &arch_x86_64, .direct_offset = 0xffff888000000000,
					.direct_end = SPAN_ADDRESS_END, .text_linear = 0xffffffff9a000000,
					.text_phys = { 0x1a000000, 0x1c400000 } };
	AUTO_SPAN_SET struct span_set memory = { 0 };
	AUTO_BUILT struct built built = { 0 };

	span_set_add(&memory, (struct span){ 0x100000, 0x1000000 });
	span_set_add(&memory, (struct span){ 0x9000000, 0x1b000000 });
	span_set_add(&memory, (struct span){ 0x1b001000, 0x3ffe0000 });
	span_set_add(&memory, (struct span){ 4 * GIB, 5 * GIB });
	if (!ok(build(&built, true, &map, &memory), "an x86_64 kernel's headers"))
		return;
	ok(built.elf.is_64 && built.elf.machine == EM_X86_64 && is_sound(&built), "are those of a sound 64-bit core");

	AUTO_FREE char *loads = loads_text(&built.elf);
	is_text(loads,
		"ffffffff9a000000=1a000000-1affffff, ffffffff9b001000=1b001000-1c3fffff, "
		"ffff888000100000=100000-ffffff, ffff888009000000=9000000-1affffff, "
		"ffff88801b001000=1b001000-3ffdffff, ffff888100000000=100000000-13fffffff",
		"the kernel's text as far as it is outside the window, then the direct map");
	test_notes(&built);
}

static void test_i386(void)
{
	const struct kernel_map map = { .arch = &arch_i386, .direct_offset = 0xc0000000, .direct_end = 0x37bfe000 };
	AUTO_SPAN_SET struct span_set memory = { 0 };
	AUTO_BUILT struct built narrow = { 0 }, wide = { 0 };
	struct vmcore_headers headers = { .is_64 = false, .map = &map, .memory = &memory, .notes = notes,
					  .note_count = ARRAY_COUNT(notes) };
	size_t descs[2], size;
	uint8_t *data;

	span_set_add(&memory, (struct span){ 0x1000000, 0x5ffe0000 });
	if (!ok(build(&narrow, false, &map, &memory), "an i386 kernel's headers"))
		return;
	ok(!narrow.elf.is_64 && narrow.elf.machine == EM_386 && is_sound(&narrow), "are those of a sound 32-bit core");

	AUTO_FREE char *loads = loads_text(&narrow.elf);
	is_text(loads, "c1000000=1000000-37bfdfff, -=37bfe000-5ffdffff", "high memory has no linear address");
	test_notes(&narrow);

	span_set_add(&memory, (struct span){ 4 * GIB, 6 * GIB });
	ok(error_contains(vmcore_headers_build(&headers, START, &data, &size, descs), "cannot show memory above 4 GiB (0x17fffffff)"),
	   "32 bits cannot show memory above 4 GiB");
	ok(build(&wide, true, &map, &memory) && wide.elf.is_64 && wide.elf.machine == EM_386 && is_sound(&wide),
	   "64-bit headers of an i386 kernel can");

	AUTO_FREE char *wide_loads = loads_text(&wide.elf);
	is_text(wide_loads, "c1000000=1000000-37bfdfff, -=37bfe000-5ffdffff, -=100000000-17fffffff", "as high memory");
}

/* A crash kernel's: a PT_NOTE for each note that the running kernel keeps, and nothing copied. */
static void test_kept_notes(bool is_64)
{
	const struct arch *arch = is_64 ? &arch_x86_64 : &arch_i386;
	const struct kernel_map map = { .arch = arch, .direct_offset = 0xc0000000, .direct_end = 0x37bfe000 };
	/* Two CPUs' touch each other; VMCOREINFO's lies below them. */
	const struct span kept[] = { { 0x1f400, 0x1f564 }, { 0x1f564, 0x1f6c8 }, { 0x3000, 0x4024 } };
	AUTO_SPAN_SET struct span_set memory = { 0 };
	struct vmcore_headers headers = { .is_64 = is_64, .map = &map, .memory = &memory, .kept_notes = kept,
					  .kept_note_count = ARRAY_COUNT(kept) };
	AUTO_BUILT struct built built = { 0 };
	bool same = true;

	span_set_add(&memory, (struct span){ 0x100000, 0x1000000 });
	if (!ok(no_error(vmcore_headers_build(&headers, START, &built.data, &built.size, NULL)) &&
			no_error(elf_file_init(&built.elf, (struct bytes){ built.data, built.size }, UINT64_MAX)) &&
			built.elf.is_64 == is_64 && built.elf.segment_count == 4,
		"headers of a crash kernel, %s", arch->name))
		return;
	for (size_t i = 0; i < ARRAY_COUNT(kept); i++) {
		const struct elf_segment *note = &built.elf.segments[i];

		same = same && note->type == PT_NOTE && note->file_offset == kept[i].start && note->paddr == kept[i].start &&
		       note->file_size == span_size(kept[i]) && note->memory_size == note->file_size;
	}
	ok(same, "point to where each note is kept, in order");
	ok(built.elf.segments[3].type == PT_LOAD && built.elf.segments[3].paddr == 0x100000, "and show the memory");
	ok(built.size <= vmcore_headers_size_limit(&headers, 1), "within vmcore_headers_size_limit");
}

/* As many ranges as the largest machines have; quadratic time would be seconds. */
static void test_ten_thousand_ranges(void)
{
	const struct kernel_map map = { .arch = &arch_x86_64, .direct_offset = 0xffff888000000000,
					.direct_end = SPAN_ADDRESS_END, .text_linear = 0xffffffff9a000000,
					.text_phys = { 0x2000, 0x4001000 } };
	AUTO_SPAN_SET struct span_set memory = { 0 };
	AUTO_BUILT struct built built = { 0 };
	struct timespec before, after;

	for (uint64_t i = 1; i <= 10000; i++)
		span_set_add(&memory, span_of(i * 0x2000, 0x1000));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	bool is_built = build(&built, true, &map, &memory);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);

	double elapsed_ms = (double)(after.tv_sec - before.tv_sec) * 1e3 + (double)(after.tv_nsec - before.tv_nsec) / 1e6;

	ok(is_built && built.elf.segment_count == 1 + 8192 + 10000 && is_sound(&built), "10000 ranges, 8192 of them kernel text");
	diag("built and read back in %.1f ms", elapsed_ms);
	ok(elapsed_ms < 200, "in time");
}

static void test_many_ranges(void)
{
	const struct kernel_map map = { .arch = &arch_x86_64, .direct_offset = 0xffff888000000000,
					.direct_end = SPAN_ADDRESS_END };
	AUTO_SPAN_SET struct span_set memory = { 0 };
	AUTO_BUILT struct built built = { 0 };
	struct vmcore_headers headers = { .is_64 = true, .map = &map, .memory = &memory, .notes = notes,
					  .note_count = ARRAY_COUNT(notes) };
	size_t descs[2], size;
	uint8_t *data;

	for (uint64_t i = 1; i <= PN_XNUM - 2; i++)
		span_set_add(&memory, span_of(i * 0x2000, 0x1000));
	ok(build(&built, true, &map, &memory) && built.elf.segment_count == PN_XNUM - 1 && is_sound(&built),
	   "65533 ranges");
	span_set_add(&memory, span_of(0x100000000, 0x1000));
	ok(error_contains(vmcore_headers_build(&headers, START, &data, &size, descs), "cannot show 65534 memory ranges"),
	   "one more is refused");
}

int main(void)
{
	test_x86_64();
	test_i386();
	test_kept_notes(true);
	test_kept_notes(false);
	test_ten_thousand_ranges();
	test_many_ranges();
	return tap_done();
}
