/* SPDX-License-Identifier: GPL-2.0-only */
/* Snapshots written by kdump's code and put back by krestore's, into a file that stands in for physical memory. */
#include "hibernate/restore.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "kdump/core_write.h"
#include "kdump/khimage_write.h"
#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/core_builder.h"

#define MEMORY_END UINT64_C(0x4000000)

/* Memory from 1 to 4 MiB and from 32 to 64 MiB; the window is between. Pages are marked with their number. */
static const struct span low = { 0x100000, 0x400000 }, high = { 0x2000000, MEMORY_END };
static const uint64_t marked[] = { 0x100000, 0x3ff000, 0x2000000, 0x2fff000, 0x3000000, 0x3fff000 };

struct fixture {
	char *folder, *snapshot_file, *memfd;
	struct snapshot snapshot;
	struct jump_note note;
	struct restore restore;
	struct physical_memory memory;
};

static void mark(uint64_t page, uint8_t *ret_bytes)
{
	for (size_t i = 0; i < PAGE_SIZE_BYTES; i += sizeof(page))
		memcpy(ret_bytes + i, &page, sizeof(page));
}

static void write_note(struct core_builder *core, uint32_t free_pages)
{
	struct jump_note note = { .fixed = { .elf_machine = 62, .jump_back_entry = 0x2000000,
					     .free_pages = free_pages } };
	size_t size;

	span_set_add(&note.memory, low);
	span_set_add(&note.memory, high);
	span_set_add(&note.window, (struct span){ low.end, high.start });
	AUTO_FREE uint8_t *desc = jump_note_build(&note, &size);
	core_note(core, KJUMP_NOTE_NAME, KJUMP_NOTE_TYPE, desc, size);
	jump_note_deinit(&note);
}

static void load(struct core_builder *core, struct span memory)
{
	core_load(core, 0xffff888000000000 + memory.start, memory.start, span_size(memory));
}

/*
 * So many pages one by one, from the last to the first, that none continues the
 * one before in memory and in the file; and the rest, of which just the
 * beginning finds room in a group with them.
 */
static void load_in_pieces(struct core_builder *core, struct span memory)
{
	const uint64_t count = 4095 - span_size(low) / KHIMAGE_CHUNK_BYTES;

	for (uint64_t i = count; i-- > 0;)
		load(core, span_of(memory.start + i * PAGE_SIZE_BYTES, PAGE_SIZE_BYTES));
	load(core, (struct span){ memory.start + count * PAGE_SIZE_BYTES, memory.end });
}

/* `extra` is a PT_LOAD more, if it is not empty. */
static void write_snapshot(const char *path, uint32_t free_pages, struct span extra, bool in_pieces)
{
	AUTO_CORE struct core_builder core = { .arch = &arch_x86_64, .paging_levels = 4 };
	uint8_t page[PAGE_SIZE_BYTES];

	write_note(&core, free_pages);
	core_load(&core, 0xffffffff82000000, 0x2000000, 0x200000);
	load(&core, low);
	if (in_pieces)
		load_in_pieces(&core, high);
	else
		load(&core, high);
	if (!span_is_empty(extra))
		load(&core, extra);
	for (size_t i = 0; i < ARRAY_COUNT(marked); i++) {
		mark(marked[i], page);
		core_write(&core, marked[i], page, sizeof(page));
	}
	core_write_file(&core, path);
	/* The builder writes no zeros behind the last mark. */
	if (truncate(path, 0x4000000))
		exit(1);
}

static void begin_with(struct fixture *fixture, uint32_t free_pages, struct span extra, bool in_pieces)
{
	*fixture = (struct fixture){ .folder = make_folder() };
	fixture->snapshot_file = xasprintf("%s/snapshot", fixture->folder);
	fixture->memfd = xasprintf("%s/memory", fixture->folder);
	write_snapshot(fixture->snapshot_file, free_pages, extra, in_pieces);

	int fd = open(fixture->memfd, O_RDWR | O_CREAT, 0600);

	/* What was there before must not survive by chance. */
	for (uint64_t at = 0; at < MEMORY_END; at += 0x10000) {
		static uint8_t junk[0x10000];

		memset(junk, 0x5a, sizeof(junk));
		if (pwrite(fd, junk, sizeof(junk), (off_t)at) < 0)
			exit(1);
	}
	close(fd);
	struct error *error = snapshot_open(&fixture->snapshot, fixture->snapshot_file);
	if (!error)
		error = jump_note_find(snapshot_core(&fixture->snapshot), &fixture->note);
	fixture->restore = (struct restore){ .snapshot = &fixture->snapshot, .note = &fixture->note };
	if (!error)
		error = physical_memory_open(&fixture->memory, fixture->memfd);
	if (!ok(!error, "the snapshot and the memory can be opened"))
		diag("%s", error_text(error));
	error_free(error);
}

static void begin(struct fixture *fixture, uint32_t free_pages, struct span extra)
{
	begin_with(fixture, free_pages, extra, false);
}

static void end(struct fixture *fixture)
{
	snapshot_close(&fixture->snapshot);
	jump_note_deinit(&fixture->note);
	physical_memory_close(&fixture->memory);
	remove_folder(fixture->folder);
	free(fixture->snapshot_file);
	free(fixture->memfd);
}

static bool page_is(const struct fixture *fixture, uint64_t at, const uint8_t *wanted)
{
	uint8_t page[PAGE_SIZE_BYTES];

	return pread(fixture->memory.fd, page, sizeof(page), (off_t)at) == (ssize_t)sizeof(page) &&
	       !memcmp(page, wanted, sizeof(page));
}

static bool page_is_all(const struct fixture *fixture, uint64_t at, int byte)
{
	uint8_t page[PAGE_SIZE_BYTES];

	memset(page, byte, sizeof(page));
	return page_is(fixture, at, page);
}

static bool marks_are_there(const struct fixture *fixture)
{
	for (size_t i = 0; i < ARRAY_COUNT(marked); i++) {
		uint8_t page[PAGE_SIZE_BYTES];

		mark(marked[i], page);
		if (!page_is(fixture, marked[i], page))
			return false;
	}
	return true;
}

static void test_whole_snapshot(void)
{
	struct fixture fixture;

	begin(&fixture, KJUMP_FREE_ANY, (struct span){ 0, 0 });
	struct restore *restore = &fixture.restore;

	ok(!restore_check(restore) && restore->extent_count == 2, "the kernel text's second view is no piece");
	ok(!restore->free_bytes, "a whole snapshot misses nothing");
	ok(!restore_check_content(restore), "it can be read");
	ok(page_is_all(&fixture, 0x100000, 0x5a), "nothing is written by checking");
	ok(!restore_write(restore, &fixture.memory), "it is written");
	ok(marks_are_there(&fixture), "every marked page is where it was");
	ok(page_is_all(&fixture, 0x101000, 0), "a page of zeros is written, too");
	ok(page_is_all(&fixture, low.end, 0x5a) && page_is_all(&fixture, 0xff000, 0x5a),
	   "the window and what is no memory are left alone");
	end(&fixture);
}

struct shown {
	uint64_t done, total;
	size_t count;
	bool goes_back;
};

static struct error *show(void *context, uint64_t done, uint64_t total)
{
	struct shown *shown = context;

	shown->goes_back |= done < shown->done;
	shown->done = done;
	shown->total = total;
	shown->count++;
	return NULL;
}

static void test_pieces(void)
{
	struct fixture fixture;
	struct shown shown = { 0 };

	begin_with(&fixture, KJUMP_FREE_ANY, (struct span){ 0, 0 }, true);
	fixture.restore.progress = show;
	fixture.restore.context = &shown;
	ok(no_error(restore_check(&fixture.restore)) &&
		   fixture.restore.data_bytes == span_size(low) + span_size(high),
	   "a snapshot in more pieces than fit into a group is whole");
	ok(no_error(restore_write(&fixture.restore, &fixture.memory)) && marks_are_there(&fixture) &&
		   page_is_all(&fixture, high.start + PAGE_SIZE_BYTES, 0) &&
		   page_is_all(&fixture, high.end - 2 * PAGE_SIZE_BYTES, 0),
	   "all of them are written");
	ok(shown.count > 1 && !shown.goes_back, "how far it is, is told %zu times", shown.count);
	ok(shown.done == shown.total && shown.total == fixture.restore.data_bytes, "up to the end");
	end(&fixture);
}

/* How a snapshot is made of the first one, with a hole where its kernel had free pages. */
struct form {
	const char *name;
	bool is_khimage, without_zeros;
	uint32_t compression;
};

static const struct span hole = { 0x2200000, 0x2fff000 };

static struct error *write_elf(const struct form *form, struct core_source *source, struct selection *selection,
			       const char *path, int fd)
{
	AUTO_CORE_LAYOUT struct core_layout layout = { 0 };
	struct core_write job = { .source = source, .selection = selection, .layout = &layout, .fd = fd, .name = path };
	struct error *error = form->without_zeros ? selection_find_zeros(selection, source) : NULL;

	if (!error)
		error = core_write_layout(&layout, selection);
	if (!error)
		error = core_write_all(&job);
	is_u64((uint64_t)lseek(fd, 0, SEEK_END), core_layout_file_size(&layout), "%s: its size was told before",
	       form->name);
	return error;
}

static void write_form(const struct form *form, const struct fixture *fixture, const char *path)
{
	AUTO_CORE_SOURCE struct core_source source = { 0 };
	AUTO_SELECTION struct selection selection = { 0 };
	struct khimage_superblock committed;
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	struct error *error = selection_init(&selection, snapshot_core(&fixture->snapshot));

	core_source_init(&source, snapshot_core(&fixture->snapshot));
	hole_set_add(&selection.free, hole);

	const struct storage storage = storage_of_file(fd);
	struct khimage_write job = { .source = &source, .selection = &selection, .omit_zero = form->without_zeros,
				     .compression = form->compression, .storage = &storage, .name = path };
	if (!error)
		error = form->is_khimage ? khimage_write_all(&job, &committed) :
					   write_elf(form, &source, &selection, path, fd);
	if (!ok(!error, "%s: a snapshot with a hole is written", form->name))
		diag("%s", error_text(error));
	error_free(error);
	close(fd);
}

static void test_form(const struct form *form, uint32_t free_pages, int byte)
{
	struct fixture fixture;
	AUTO_SNAPSHOT struct snapshot smaller = { 0 };

	begin(&fixture, free_pages, (struct span){ 0, 0 });
	AUTO_FREE char *path = xasprintf("%s/smaller", fixture.folder);
	struct restore restore = { .snapshot = &smaller, .note = &fixture.note };

	write_form(form, &fixture, path);
	ok(!snapshot_open(&smaller, path) && core_file_kernel_text(snapshot_core(&smaller)),
	   "%s: it shows the kernel text", form->name);
	ok(!restore_check(&restore), "%s: it is a snapshot", form->name);
	is_u64(restore.free_bytes, span_size(hole), "%s: it misses the hole", form->name);
	ok((restore.zero_bytes != 0) == form->without_zeros, "%s: it holds %s zeros", form->name,
	   form->without_zeros ? "no" : "all");
	ok(!restore_check_content(&restore), "%s: its checksums are right", form->name);
	ok(!restore_write(&restore, &fixture.memory), "%s: it is written", form->name);
	ok(marks_are_there(&fixture), "%s: every marked page is where it was", form->name);
	ok(page_is_all(&fixture, 0x101000, 0), "%s: a page of zeros is written, too", form->name);
	ok(page_is_all(&fixture, hole.start, byte) && page_is_all(&fixture, hole.end - PAGE_SIZE_BYTES, byte),
	   "%s: the hole contains 0x%02x", form->name, byte);
	end(&fixture);
}

static void test_forms(void)
{
	const struct form forms[] = {
		{ "elf", false, false, KHIMAGE_NONE },
		{ "elf without zeros", false, true, KHIMAGE_NONE },
		{ "khimage", true, false, KHIMAGE_NONE },
		{ "khimage without zeros", true, true, KHIMAGE_NONE },
		{ "lz4", true, false, KHIMAGE_LZ4 },
		{ "lz4 without zeros", true, true, KHIMAGE_LZ4 },
		{ "zstd", true, false, KHIMAGE_ZSTD },
	};

	for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
		struct error *error = khimage_codec_available(forms[i].compression);

		if (error)
			diag("%s: %s", forms[i].name, error_text(error));
		else
			test_form(&forms[i], KJUMP_FREE_ANY, 0x5a);
		error_free(error);
	}
	for (size_t i = 1; i < 4; i += 2) {
		test_form(&forms[i], KJUMP_FREE_ZERO, 0);
		test_form(&forms[i], KJUMP_FREE_POISON, 0xaa);
	}
}

static void refused(struct span extra, const char *what)
{
	struct fixture fixture;

	begin(&fixture, KJUMP_FREE_ANY, extra);
	struct error *error = restore_check(&fixture.restore);

	ok(error && strstr(error_text(error), what), "refused: %s", what);
	error_free(error);
	end(&fixture);
}

static void test_memory_in_use(void)
{
	struct fixture fixture;
	AUTO_SPAN_SET struct span_set in_use = { 0 };

	begin(&fixture, KJUMP_FREE_ANY, (struct span){ 0, 0 });
	span_set_add(&in_use, (struct span){ low.end, high.start });
	ok(!restore_check_free(&fixture.restore, &in_use), "a kernel in the window is not in the way");
	span_set_add(&in_use, (struct span){ high.start, high.start + PAGE_SIZE_BYTES });

	struct error *error = restore_check_free(&fixture.restore, &in_use);

	ok(error && strstr(error_text(error), "0x2000000-0x2000fff"), "a page outside of it is, and is named");
	error_free(error);
	end(&fixture);
}

int main(void)
{
	test_whole_snapshot();
	test_pieces();
	test_forms();
	refused((struct span){ 0x3000000, 0x3001000 }, "holds 0x3000000 twice");
	refused((struct span){ 0x5000000, 0x5001000 }, "0x5000000-0x5000fff, which its note does not know as memory");
	refused((struct span){ 0x5000000, 0x5000800 }, "is not made of whole pages");
	test_memory_in_use();
	return tap_done();
}
