/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The segments of cores that have few, which are kept in memory, and many,
 * which are read from the file: iterated in both orders, and found.
 */
#include "lib/core/core_segments.h"

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/core/core_file.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define DIRECT_64 UINT64_C(0xffff888000000000)
#define DIRECT_32 UINT64_C(0xc0000000)
#define TEXT UINT64_C(0xffffffff82000000)

/* A core of which every third page of memory is shown, the even ones of those by a file that holds 16 bytes of them. */
struct sample {
	bool is_64, is_shuffled, count_in_section;
	size_t count;
	/* Made of that: */
	struct elf_segment *segments;
	char *folder, *path;
	struct core_file core;
};

static uint64_t address_of(size_t load)
{
	return 0x100000 + load * 3 * PAGE_SIZE_BYTES;
}

static uint64_t linear_of(const struct sample *sample, uint64_t phys)
{
	return (sample->is_64 ? DIRECT_64 : DIRECT_32) + phys;
}

/* Before the PT_LOADs of the direct map: nothing, notes, kernel text, memory without a physical address. */
#define OTHERS 4

static void make_segments(struct sample *sample)
{
	struct random random = { 7 };
	struct elf_segment *segments = xcalloc(sample->count, sizeof(*segments));

	for (size_t i = OTHERS; i < sample->count; i++) {
		uint64_t phys = address_of(i - OTHERS);

		segments[i] = (struct elf_segment){ .type = PT_LOAD, .vaddr = linear_of(sample, phys), .paddr = phys,
						    .file_size = i % 2 ? 0 : 16, .memory_size = PAGE_SIZE_BYTES,
						    .align = 1 };
	}
	for (size_t i = sample->count - 1; sample->is_shuffled && i > OTHERS; i--) {
		size_t other = OTHERS + random_below(&random, i - OTHERS + 1);
		struct elf_segment before = segments[i];

		segments[i] = segments[other];
		segments[other] = before;
	}
	segments[1] = (struct elf_segment){ .type = PT_NOTE, .align = 1 };
	segments[2] = (struct elf_segment){ .type = PT_LOAD, .vaddr = sample->is_64 ? TEXT : DIRECT_32,
					    .paddr = sample->is_64 ? 0x100000 : 0, .memory_size = 2 * PAGE_SIZE_BYTES,
					    .align = 1 };
	segments[3] = (struct elf_segment){ .type = PT_LOAD, .vaddr = 0xff000000, .paddr = ELF_NO_ADDRESS,
					    .memory_size = PAGE_SIZE_BYTES, .align = 1 };
	sample->segments = segments;
}

static bool begin(struct sample *sample)
{
	AUTO_BUFFER struct buffer buffer = { 0 };

	make_segments(sample);
	build_elf(&buffer, &(struct elf_spec){ .is_64 = sample->is_64, .type = ET_CORE,
					       .machine = sample->is_64 ? EM_X86_64 : EM_386,
					       .segments = sample->segments, .segment_count = sample->count,
					       .count_in_section = sample->count_in_section });
	sample->folder = make_folder();
	sample->path = write_file(sample->folder, "core", buffer_bytes(&buffer));
	diag("%d bit, %zu segments%s%s", sample->is_64 ? 64 : 32, sample->count,
	     sample->is_shuffled ? ", in no order" : "",
	     sample->count_in_section ? ", the count in section header 0" : "");
	return ok(no_error(core_file_open(&sample->core, sample->path)), "the core is opened");
}

static void end(struct sample *sample)
{
	core_file_deinit(&sample->core);
	remove_folder(sample->folder);
	free(sample->path);
	free(sample->segments);
}

static bool is_same(const struct elf_segment *a, const struct elf_segment *b)
{
	return a->type == b->type && a->vaddr == b->vaddr && a->paddr == b->paddr && a->file_size == b->file_size &&
	       a->memory_size == b->memory_size;
}

static void test_file_order(const struct sample *sample)
{
	struct core_segments at = { .core = &sample->core };
	struct elf_segment segment;
	bool good = true;

	for (size_t i = 0; i < sample->count; i++) {
		if (sample->segments[i].type == PT_NULL)
			continue;
		good &= no_error(core_segments_next(&at, &segment)) && is_same(&segment, &sample->segments[i]);
	}
	ok(good, "all but the unused one come in the order of the file");
	ok(no_error(core_segments_next(&at, &segment)) && segment.type == PT_NULL, "and nothing behind the last");
}

static void test_order_of_address(const struct sample *sample)
{
	struct core_segments at = { .core = &sample->core };
	struct elf_segment segment;
	size_t count = sample->count - OTHERS;
	bool good = true;

	/* On i386 there is no kernel text of its own: what looks like it is of the direct map, and the lowest. */
	if (!sample->is_64)
		good = no_error(core_segments_next_by_address(&at, &segment)) && segment.paddr == 0;
	for (size_t i = 0; i < count; i++)
		good &= no_error(core_segments_next_by_address(&at, &segment)) && segment.type == PT_LOAD &&
			segment.paddr == address_of(i) && segment.vaddr == linear_of(sample, address_of(i));
	ok(good, "those of the direct map come in order of address");
	ok(no_error(core_segments_next_by_address(&at, &segment)) && segment.type == PT_NULL,
	   "and nothing behind the last");
}

static void test_survey(const struct sample *sample)
{
	const struct core_survey *survey = &sample->core.survey;
	const struct elf_segment *text = core_file_kernel_text(&sample->core);

	ok(sample->is_64 ? text && text->vaddr == TEXT : !text, "the kernel text is %s", sample->is_64 ? "known" : "none");
	is_u64(survey->direct_end, address_of(sample->count - OTHERS - 1) + PAGE_SIZE_BYTES, "where memory ends");
	ok(survey->has_absent, "not all is held");
	ok(!survey->order == !sample->is_shuffled, "an order is kept where the file has another");
}

static void test_lookups(const struct sample *sample)
{
	uint64_t phys = 0, linear = 0;
	uint8_t magic[SELFMAG] = { 0 };
	bool good = true;

	for (size_t load = 0; load < sample->count - OTHERS; load += 97) {
		uint64_t address = address_of(load) + 0x234;

		good &= core_file_phys_of(&sample->core, linear_of(sample, address), &phys) && phys == address &&
			core_file_direct_linear_of(&sample->core, address, &linear) &&
			linear == linear_of(sample, address);
	}
	ok(good, "addresses are translated");
	ok(!core_file_phys_of(&sample->core, linear_of(sample, address_of(1) - 1), &phys) &&
		   !core_file_direct_linear_of(&sample->core, address_of(sample->count), &linear),
	   "those that nothing shows are not");
	/* The file holds its own beginning as memory. */
	ok(no_error(core_file_read_phys(&sample->core, address_of(0), magic, sizeof(magic))) &&
		   !memcmp(magic, ELFMAG, SELFMAG), "memory is read");
	ok(error_contains(core_file_read_phys(&sample->core, address_of(1), magic, sizeof(magic)), "does not hold"),
	   "what the file does not hold is not");
}

/* How a walk through all of it ends. */
static struct error *walk(const struct core_file *core)
{
	struct core_segments at = { .core = core };
	struct elf_segment segment;
	struct error *error;

	do
		error = core_segments_next_by_address(&at, &segment);
	while (!error && segment.type != PT_NULL);
	return error;
}

/* The file is written to after it was opened. */
static void test_changes(const struct sample *sample)
{
	const uint64_t size = UINT64_MAX - 0x1000;
	off_t last = (off_t)(sizeof(Elf64_Ehdr) + (sample->count - 1) * sizeof(Elf64_Phdr));
	int fd = open(sample->path, O_WRONLY | O_CLOEXEC);
	AUTO_CORE_FILE struct core_file again = { 0 };
	uint64_t phys;

	ok(pwrite(fd, &size, sizeof(size), last + (off_t)offsetof(Elf64_Phdr, p_memsz)) == sizeof(size) &&
		   error_contains(walk(&sample->core), "does not fit into the address space"),
	   "one that was spoiled since is an error");
	ok(error_contains(core_file_open(&again, sample->path), "does not fit into the address space"),
	   "and is one at once for who opens the core now");
	ok(!core_file_phys_of(&sample->core, linear_of(sample, address_of(sample->count)), &phys),
	   "and ends a look-up");
	ok(!ftruncate(fd, last) && error_contains(walk(&sample->core), "is cut off"), "one that is gone is one");
	ok(error_contains(core_file_open(&again, sample->path), "is cut off or damaged"), "and at once, too");
	close(fd);
}

static void test_sample(struct sample sample)
{
	if (begin(&sample)) {
		test_file_order(&sample);
		test_order_of_address(&sample);
		test_survey(&sample);
		test_lookups(&sample);
		ok((sample.count > 2000) == !sample.core.elf.segments, "they are kept only if they are few");
		if (!sample.core.elf.segments && sample.is_64)
			test_changes(&sample);
	}
	end(&sample);
}

int main(void)
{
	for (int variant = 0; variant < 8; variant++)
		test_sample((struct sample){ .is_64 = variant & 1, .is_shuffled = variant & 2,
					     .count = variant & 4 ? 3000 : 100 });
	test_sample((struct sample){ .is_64 = true, .is_shuffled = true, .count_in_section = true, .count = 70000 });
	return tap_done();
}
