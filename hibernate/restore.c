/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/restore.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/parallel.h"

/* More threads would only wait for memory and disk, and need more buffers. */
#define THREADS_MAX 4

static struct error *check_extent(struct restore *restore, const struct snapshot_extent *extent, uint64_t *end)
{
	struct span memory = extent->memory;

	if (memory.start < *end)
		return error_new("%s holds 0x%" PRIx64 " twice", snapshot_core(restore->snapshot)->path, memory.start);
	if (!span_set_contains(&restore->note->memory, memory))
		return error_new("%s holds 0x%" PRIx64 "-0x%" PRIx64 ", which its note does not know as memory",
				 snapshot_core(restore->snapshot)->path, memory.start, memory.end - 1);
	*(extent->is_zero ? &restore->zero_bytes : &restore->data_bytes) += span_size(memory);
	restore->extent_count++;
	*end = memory.end;
	return NULL;
}

struct error *restore_check(struct restore *restore)
{
	AUTO_SNAPSHOT_GROUP struct snapshot_group group = { 0 };
	struct snapshot_cursor cursor = { 0 };
	uint64_t end = 0;
	bool done;

	restore->data_bytes = restore->zero_bytes = restore->extent_count = 0;
	for (;;) {
		struct error *error = snapshot_next_group(restore->snapshot, &cursor, &group, &done);

		for (size_t i = 0; !error && i < group.extent_count; i++)
			error = check_extent(restore, &group.extents[i], &end);
		if (error)
			return error;
		if (done)
			break;
	}
	if (!restore->data_bytes)
		return error_new("%s holds no memory", snapshot_core(restore->snapshot)->path);
	restore->free_bytes = span_set_size(&restore->note->memory) - restore->data_bytes - restore->zero_bytes;
	return NULL;
}

struct error *restore_check_free(const struct restore *restore, const struct span_set *in_use)
{
	AUTO_SPAN_SET struct span_set both = { 0 };

	span_set_copy(&both, in_use);
	span_set_keep_set(&both, &restore->note->memory);
	if (!both.count)
		return NULL;
	return error_new("this kernel itself uses 0x%" PRIx64 "-0x%" PRIx64 ", which the snapshot has to be written to; start "
			 "it inside the snapshot's window (kjump_back_param prints the memmap= options for that)",
			 both.items[0].start, both.items[0].end - 1);
}

/* Memory that is filled with one byte. */
struct fill {
	struct span memory;
	int byte;
};

/* What one thread has: its buffers, and the window of memory that it writes to. */
struct worker {
	struct chunk_reader reader;
	struct span window; /* empty: none is mapped */
	uint8_t *data;
};

enum pass_mode { CHECK, UNPACK, WRITE };

struct pass {
	const struct restore *restore;
	enum pass_mode mode; /* each includes those before it */
	const struct physical_memory *memory; /* to write to */
	struct worker workers[THREADS_MAX];
	size_t worker_count;
	_Atomic size_t done_pages; /* of data, in all groups */
	struct snapshot_group group;
	struct fill *fills; /* of this group */
	size_t fill_count, fill_capacity;
	uint64_t end; /* of the last extent before the next one */
};

/* Maps the window in which `address` lies; *ret_room is how much of it is from there on. */
static struct error *reach(const struct pass *pass, struct worker *worker, uint64_t address, uint8_t **ret_at,
			   uint64_t *ret_room)
{
	if (!span_contains(worker->window, span_of(address, 1))) {
		uint64_t start = address_align_down(address, PHYSICAL_WINDOW_BYTES);
		struct span memory = span_set_from(&pass->restore->note->memory, start);

		/* Parts of the memory that begin and end in this window may come before. */
		while (!span_is_empty(memory) && !span_contains(memory, span_of(address, 1)))
			memory = span_set_from(&pass->restore->note->memory, memory.end);
		if (span_is_empty(memory))
			return error_new("%s changed while it was read", snapshot_core(pass->restore->snapshot)->path);
		memory = span_intersect(memory, span_of(start, PHYSICAL_WINDOW_BYTES));
		if (!span_is_empty(worker->window))
			physical_memory_unmap(worker->data, worker->window);
		worker->window = (struct span){ 0, 0 };
		struct error *error = physical_memory_map(pass->memory, memory, &worker->data);

		if (error)
			return error;
		worker->window = memory;
	}
	*ret_at = worker->data + (address - worker->window.start);
	*ret_room = worker->window.end - address;
	return NULL;
}

static struct error *write_back_differs(uint64_t address)
{
	return error_new("memory at 0x%" PRIx64 " does not hold what was written to it: it is in use, or broken",
			 address);
}

static struct error *write_data(const struct pass *pass, struct worker *worker, struct span memory,
				const uint8_t *data)
{
	while (!span_is_empty(memory)) {
		uint64_t room;
		uint8_t *at;
		struct error *error = reach(pass, worker, memory.start, &at, &room);

		if (error)
			return error;

		struct span part = span_intersect(memory, span_of(memory.start, room));
		size_t size = (size_t)span_size(part);

		memcpy(at, data, size);
		/* Compares the memory itself: without the barrier the compiler may assume the written value. */
		__asm__ volatile("" : : : "memory");
		if (memcmp(at, data, size))
			return write_back_differs(part.start);
		data += size;
		memory.start = part.end;
	}
	return NULL;
}

static struct error *write_fill(const struct pass *pass, struct worker *worker, const struct fill *fill)
{
	struct span rest = fill->memory;

	while (!span_is_empty(rest)) {
		uint64_t room;
		uint8_t *at;
		struct error *error = reach(pass, worker, rest.start, &at, &room);

		if (error)
			return error;

		struct span part = span_intersect(rest, span_of(rest.start, room));

		memset(at, fill->byte, (size_t)span_size(part));
		__asm__ volatile("" : : : "memory");
		if (at[0] != fill->byte || memcmp(at, at + 1, (size_t)span_size(part) - 1))
			return write_back_differs(part.start);
		rest.start = part.end;
	}
	return NULL;
}

static struct error *do_chunk(const struct pass *pass, struct worker *worker, const struct snapshot_chunk *chunk)
{
	uint64_t left = chunk->form.page_count * PAGE_SIZE_BYTES, skip = chunk->first_skip_bytes;
	const uint8_t *data = NULL;

	if (pass->mode == CHECK)
		return chunk_reader_check(&worker->reader, chunk);

	struct error *error = chunk_reader_read(&worker->reader, chunk, &data);

	if (pass->mode != WRITE)
		return error;
	for (size_t i = chunk->first_extent; !error && left; i++, skip = 0) {
		const struct snapshot_extent *extent = &pass->group.extents[i];
		struct span memory = { extent->memory.start + skip, extent->memory.end };

		if (extent->is_zero)
			continue;
		memory = span_intersect(memory, span_of(memory.start, left));
		error = write_data(pass, worker, memory, data);
		data += span_size(memory);
		left -= span_size(memory);
	}
	return error;
}

static struct error *show_done(const struct pass *pass)
{
	const struct restore *restore = pass->restore;
	uint64_t done = atomic_load(&pass->done_pages) * PAGE_SIZE_BYTES;

	return restore->progress ? restore->progress(restore->context, done, restore->data_bytes) : NULL;
}

/* Index: first the fills, then the chunks. */
static struct error *do_piece(void *context, size_t number, size_t index)
{
	struct pass *pass = context;
	struct worker *worker = &pass->workers[number];

	if (index < pass->fill_count)
		return write_fill(pass, worker, &pass->fills[index]);

	const struct snapshot_chunk *chunk = &pass->group.chunks[index - pass->fill_count];
	struct error *error = do_chunk(pass, worker, chunk);

	if (error)
		return error;
	atomic_fetch_add(&pass->done_pages, chunk->form.page_count);
	return number == 0 ? show_done(pass) : NULL;
}

/* Large enough to be few, small enough to occupy all threads. */
#define FILL_BYTES (4 * PHYSICAL_WINDOW_BYTES)

static void add_fill(struct pass *pass, struct span memory, int byte)
{
	while (!span_is_empty(memory)) {
		uint64_t end = address_align_down(memory.start, FILL_BYTES) + FILL_BYTES;
		struct span part = span_intersect(memory, (struct span){ memory.start, end });

		pass->fills = xgrow(pass->fills, &pass->fill_capacity, pass->fill_count + 1, sizeof(*pass->fills));
		pass->fills[pass->fill_count++] = (struct fill){ part, byte };
		memory.start = part.end;
	}
}

/* Memory up to `start` that was free when the snapshot was made. */
static void add_free(struct pass *pass, uint64_t start)
{
	uint32_t content = pass->restore->note->fixed.free_pages;

	if (content == KJUMP_FREE_ANY)
		return;
	for (uint64_t at = pass->end; at < start;) {
		struct span memory = span_set_from(&pass->restore->note->memory, at);

		memory = span_intersect(memory, (struct span){ at, start });
		add_fill(pass, memory, content == KJUMP_FREE_POISON ? KJUMP_POISON_BYTE : 0);
		at = span_is_empty(memory) ? start : memory.end;
	}
}

static void find_fills(struct pass *pass, bool is_end)
{
	pass->fill_count = 0;
	if (pass->mode != WRITE)
		return;
	for (size_t i = 0; i < pass->group.extent_count; i++) {
		const struct snapshot_extent *extent = &pass->group.extents[i];

		add_free(pass, extent->memory.start);
		if (extent->is_zero)
			add_fill(pass, extent->memory, 0);
		pass->end = extent->memory.end;
	}
	if (is_end)
		add_free(pass, SPAN_ADDRESS_END);
}

static struct error *run_pass(struct pass *pass)
{
	struct snapshot_cursor cursor = { 0 };
	struct error *error = NULL;
	bool done = false;

	while (!error && !done) {
		error = snapshot_next_group(pass->restore->snapshot, &cursor, &pass->group, &done);
		if (error)
			break;
		find_fills(pass, done);
		error = parallel_each(pass->fill_count + pass->group.chunk_count, pass->worker_count, do_piece, pass);
		if (!error)
			error = show_done(pass);
	}
	return error;
}

/* Reads all, and goes as far with it as `mode` says. */
static struct error *pass_through(const struct restore *restore, enum pass_mode mode,
				  const struct physical_memory *memory)
{
	struct pass pass = { .restore = restore,
			     .mode = mode,
			     .memory = memory,
			     .worker_count = parallel_threads(THREADS_MAX) };

	for (size_t i = 0; i < pass.worker_count; i++)
		chunk_reader_init(&pass.workers[i].reader, restore->snapshot);

	struct error *error = run_pass(&pass);

	for (size_t i = 0; i < pass.worker_count; i++) {
		if (!span_is_empty(pass.workers[i].window))
			physical_memory_unmap(pass.workers[i].data, pass.workers[i].window);
		chunk_reader_deinit(&pass.workers[i].reader);
	}
	snapshot_group_deinit(&pass.group);
	free(pass.fills);
	return error;
}

struct error *restore_check_content(const struct restore *restore)
{
	return pass_through(restore, UNPACK, NULL);
}

struct error *restore_check_digests(const struct restore *restore)
{
	return restore->snapshot->is_khimage ? pass_through(restore, CHECK, NULL) : NULL;
}

struct error *restore_write(const struct restore *restore, const struct physical_memory *memory)
{
	return pass_through(restore, WRITE, memory);
}
