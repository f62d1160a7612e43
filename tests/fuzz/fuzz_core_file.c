/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An ELF core with all that is read out of one: notes, VMCOREINFO, the
 * kernel's page tables, its GDT, its free pages; its segments one by one, and
 * what would be saved of them.
 */
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kdump/selection.h"
#include "lib/base/alloc.h"
#include "lib/core/absent_pages.h"
#include "lib/core/core_file.h"
#include "lib/core/core_segments.h"
#include "lib/core/free_pages.h"
#include "lib/core/gdt.h"
#include "lib/core/jump_note.h"
#include "lib/core/page_tables.h"
#include "tests/fuzz/fuzz.h"

static void try_memory(const struct core_file *core, const struct arch *arch)
{
	AUTO_HOLE_SET struct hole_set free_memory = { 0 };
	struct page_tables tables;
	uint64_t phys = 0, bytes = 0, linear = 0;
	int levels = page_tables_levels(core, arch);

	REQUIRE(levels >= 2 && levels <= 5);
	struct error *error = page_tables_init(&tables, core, arch);
	if (!error)
		error = page_tables_translate(&tables, UINT64_C(0xffff888000000000), &phys, &bytes);
	REQUIRE(error || bytes);
	error_free(error);
	error_free(gdt_find(core, arch, &linear));
	error = free_pages_find(core, arch, &free_memory);
	REQUIRE(!error || !free_memory.spans.count);
	error_free(error);
}

/* In order of address each segment comes once, and none that is no direct one. */
static void try_segments(const struct core_file *core)
{
	struct core_segments at = { .core = core }, by_address = { .core = core };
	struct elf_segment segment;
	size_t count = 0, direct = 0;
	uint64_t last = 0;
	struct error *error;

	while (!(error = core_segments_next(&at, &segment)) && segment.type != PT_NULL)
		count++;
	error_free(error);
	while (!(error = core_segments_next_by_address(&by_address, &segment)) && segment.type != PT_NULL) {
		REQUIRE(!direct++ || segment.paddr >= last);
		last = segment.paddr;
	}
	error_free(error);
	REQUIRE(direct <= count);
}

struct told {
	uint64_t bytes, end;
	size_t count;
};

static struct error *tell(void *context, const struct core_piece *piece)
{
	struct told *told = context;

	REQUIRE(piece->memory.start >= told->end && piece->memory.end > piece->memory.start);
	told->end = piece->memory.end;
	told->count++;
	if (!piece->is_zero)
		told->bytes += span_size(piece->memory);
	return NULL;
}

/* What is measured is what is told, also without what is free. */
static void try_selection(const struct core_file *core)
{
	AUTO_SELECTION struct selection selection = { 0 };
	struct selection_size size = { 0 };
	struct error *error = selection_init(&selection, core);

	for (int i = 0; !error && i < 2; i++) {
		struct told told = { 0 };

		error = selection_measure(&selection, &size);
		if (!error)
			error = selection_each(&selection, tell, &told);
		REQUIRE(error || (told.bytes == size.bytes && told.count == size.piece_count));
		if (!error)
			error = selection_leave_out_free(&selection, PAGE_SIZE_BYTES);
	}
	error_free(error);
}

static void try_core(const struct core_file *core)
{
	AUTO_JUMP_NOTE struct jump_note note = { 0 };
	AUTO_HOLE_SET struct hole_set not_zero = { 0 };
	uint8_t page[64];
	uint64_t address;

	struct error *error = jump_note_find(core, &note);

	if (!error)
		error = absent_pages_not_zero(core, &note, &not_zero);
	error_free(error);
	error_free(core_file_read_phys(core, 0x1000, page, sizeof(page)));
	try_segments(core);
	try_selection(core);
	(void)core_file_kernel_text(core);
	(void)core_file_phys_of(core, UINT64_C(0xffffffff81000000), &address);
	(void)core_file_direct_linear_of(core, 0x1000, &address);
	try_memory(core, arch_by_name("x86_64"));
	try_memory(core, arch_by_name("i686"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("core", MFD_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	/* Not by its path in /proc: there a core's segments may lie beyond its end. */
	AUTO_FREE char *path = xasprintf("//proc/self/fd/%d", fd);
	struct core_file core = { 0 };

	struct error *error = core_file_open(&core, path);
	if (!error)
		try_core(&core);
	error_free(error);
	core_file_deinit(&core);
	close(fd);
	return 0;
}
