/* SPDX-License-Identifier: GPL-2.0-only */
/* The restore by placement: reads the snapshot's content once, each page to its address in the placement. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "hibernate/restore.h"
#include "lib/base/alloc.h"
#include "lib/base/direct_file.h"
#include "lib/base/parallel.h"
#include "lib/khimage/snapshot_pieces.h"

/* Threads that unpack. Each has 770 KiB of buffers, of the memory that the pool leaves to this kernel. */
#define UNPACKING_MAX 8

/* Additional threads, which wait for the disk meanwhile. */
#define READING 2

/* A piece of compressed chunks is read in whole blocks. */
#define STORED_BYTES (SNAPSHOT_PIECE_BYTES + 2 * DIRECT_BLOCK_BYTES)
_Static_assert(STORED_BYTES <= DIRECT_READ_BYTES, "a piece is one read");

/* The places of a piece's or a chunk's pages, in order. */
struct parts {
	struct iovec items[SNAPSHOT_PIECE_BYTES / PAGE_SIZE_BYTES];
	size_t count;
};

struct worker {
	uint8_t *stored, *unpacked;
	struct khimage_codec codec;
	struct parts parts;
};

struct pass {
	const struct restore *restore;
	const struct placement *placement;
	struct snapshot_pieces *pieces;
	struct direct_file file;
	struct worker *workers;
	_Atomic uint64_t done_pages;
};

struct error *restore_want(const struct restore *restore, struct placement *placement)
{
	AUTO_SNAPSHOT_GROUP struct snapshot_group group = { 0 };
	struct snapshot_cursor cursor = { 0 };
	struct error *error = NULL;

	for (bool done = false; !error && !done;) {
		error = snapshot_next_group(restore->snapshot, &cursor, &group, &done);
		for (size_t i = 0; !error && i < group.extent_count; i++)
			placement_want(placement, group.extents[i].memory, group.extents[i].is_zero);
	}
	return error;
}

static struct error *add_memory(const struct pass *pass, struct parts *parts, struct span memory)
{
	while (!span_is_empty(memory)) {
		uint64_t room;
		uint8_t *at = placement_at(pass->placement, memory.start, &room);

		if (!at || parts->count == ARRAY_COUNT(parts->items))
			return error_new("%s changed while it was read", pass->file.path);

		struct span part = span_intersect(memory, span_of(memory.start, room));

		parts->items[parts->count++] = (struct iovec){ at, (size_t)span_size(part) };
		memory.start = part.end;
	}
	return NULL;
}

/* Adds the places of a chunk's pages. */
static struct error *add_chunk(const struct pass *pass, struct parts *parts, const struct snapshot_group *group,
			       const struct snapshot_chunk *chunk)
{
	uint64_t left = chunk->form.page_count * PAGE_SIZE_BYTES, skip = chunk->first_skip_bytes;
	struct error *error = NULL;

	for (size_t i = chunk->first_extent; !error && left; i++, skip = 0) {
		struct span memory = { group->extents[i].memory.start + skip, group->extents[i].memory.end };

		if (group->extents[i].is_zero)
			continue;
		memory = span_intersect(memory, span_of(memory.start, left));
		left -= span_size(memory);
		error = add_memory(pass, parts, memory);
	}
	return error;
}

static struct error *check_parts(const struct snapshot_chunk *chunk, const struct parts *parts)
{
	struct khimage_hash *hash = khimage_hash_begin();

	for (size_t i = 0; i < parts->count; i++)
		khimage_hash_add(hash, parts->items[i].iov_base, parts->items[i].iov_len);
	return khimage_codec_check_digest(&chunk->form, khimage_hash_end(hash));
}

/* Chunks as they were in memory are read to their places. */
static struct error *place_plain(struct pass *pass, struct worker *worker, const struct snapshot_piece *piece,
				 const struct snapshot_chunk *chunks)
{
	struct parts *parts = &worker->parts;
	struct error *error = NULL;

	parts->count = 0;
	for (size_t i = 0; !error && i < piece->chunk_count; i++)
		error = add_chunk(pass, parts, piece->group, &chunks[i]);
	if (!error)
		error = direct_file_read(&pass->file, piece->stored.start, parts->items, parts->count,
					 (size_t)span_size(piece->stored));
	for (size_t i = 0; !error && i < piece->chunk_count && chunks[i].has_digest; i++) {
		parts->count = 0;
		error = add_chunk(pass, parts, piece->group, &chunks[i]);
		if (!error)
			error = error_prefix(check_parts(&chunks[i], parts), "%s, offset 0x%" PRIx64, pass->file.path,
					     chunks[i].offset);
	}
	return error;
}

static void copy_to_parts(const struct parts *parts, const uint8_t *data)
{
	for (size_t i = 0; i < parts->count; i++) {
		memcpy(parts->items[i].iov_base, data, parts->items[i].iov_len);
		data += parts->items[i].iov_len;
	}
}

/* Unpacks a chunk to its place, if that is one range of addresses; else by way of a buffer. */
static struct error *unpack(struct pass *pass, struct worker *worker, const struct snapshot_group *group,
			    const struct snapshot_chunk *chunk, uint8_t *stored)
{
	struct parts *parts = &worker->parts;
	const uint8_t *data = stored;
	struct error *error;

	parts->count = 0;
	error = add_chunk(pass, parts, group, chunk);
	if (error)
		return error;

	uint8_t *to = parts->count == 1 ? parts->items[0].iov_base : worker->unpacked;

	if (chunk->is_sealed) {
		/* Pages in one range are decrypted to their place; all else in the processor's cache. */
		uint8_t *opened = chunk->form.compression == KHIMAGE_NONE && parts->count == 1 ? to : stored;

		error = snapshot_open_chunk(pass->restore->snapshot, chunk, stored, opened);
		if (!error)
			error = khimage_codec_unpack_checked(&worker->codec, &chunk->form, opened, to, &data);
	} else if (chunk->has_digest) {
		error = khimage_codec_unpack(&worker->codec, &chunk->form, stored, to, &data);
	}
	if (!error && (parts->count != 1 || data != to))
		copy_to_parts(parts, data);
	return error_prefix(error, "%s, offset 0x%" PRIx64, pass->file.path, chunk->offset);
}

static struct error *place_packed(struct pass *pass, struct worker *worker, const struct snapshot_piece *piece,
				  const struct snapshot_chunk *chunks)
{
	uint64_t start = address_align_down(piece->stored.start, DIRECT_BLOCK_BYTES);
	uint64_t end = address_align_up(piece->stored.end, DIRECT_BLOCK_BYTES);
	struct iovec whole = { worker->stored, (size_t)(end - start) };
	struct error *error = direct_file_read(&pass->file, start, &whole, 1, (size_t)(piece->stored.end - start));

	for (size_t i = 0; !error && i < piece->chunk_count; i++)
		error = unpack(pass, worker, piece->group, &chunks[i], worker->stored + (chunks[i].offset - start));
	return error;
}

static struct error *show_done(const struct pass *pass)
{
	const struct restore *restore = pass->restore;
	uint64_t done = atomic_load(&pass->done_pages) * PAGE_SIZE_BYTES;

	return restore->progress ? restore->progress(restore->context, done, restore->data_bytes) : NULL;
}

static struct error *place_piece(struct pass *pass, struct worker *worker, const struct snapshot_piece *piece)
{
	const struct snapshot_chunk *chunks = &piece->group->chunks[piece->first_chunk];

	for (size_t i = 0; i < piece->chunk_count; i++)
		atomic_fetch_add(&pass->done_pages, chunks[i].form.page_count);
	return piece->is_plain ? place_plain(pass, worker, piece, chunks) : place_packed(pass, worker, piece, chunks);
}

/* What one thread does: takes pieces until there are none. */
static struct error *place_pieces(void *context, size_t number, size_t index)
{
	struct pass *pass = context;
	struct snapshot_piece piece;
	struct error *error = NULL;

	(void)index;
	for (bool done = false; !error && !done;) {
		error = snapshot_pieces_next(pass->pieces, &piece, &done);
		if (error || done)
			break;
		error = place_piece(pass, &pass->workers[number], &piece);
		snapshot_pieces_release(pass->pieces, &piece);
		if (!error && number == 0)
			error = show_done(pass);
	}
	if (error)
		snapshot_pieces_stop(pass->pieces);
	return error;
}

struct error *restore_place(const struct restore *restore, const struct placement *placement)
{
	const struct core_file *core = snapshot_core(restore->snapshot);
	size_t count = parallel_threads(UNPACKING_MAX) + READING;
	AUTO_FREE struct worker *workers = xcalloc(count, sizeof(*workers));
	struct pass pass = { .restore = restore, .placement = placement, .workers = workers,
			     .pieces = snapshot_pieces_create(restore->snapshot) };

	direct_file_init(&pass.file, core->fd, &core->extents, core->path);
	for (size_t i = 0; i < count; i++) {
		workers[i].stored = xpages(STORED_BYTES);
		workers[i].unpacked = xpages(KHIMAGE_CHUNK_BYTES);
	}

	struct error *error = parallel_each(count, count, place_pieces, &pass);

	if (!error)
		error = show_done(&pass);
	for (size_t i = 0; i < count; i++) {
		free(workers[i].stored);
		free(workers[i].unpacked);
		khimage_codec_deinit(&workers[i].codec);
	}
	direct_file_deinit(&pass.file);
	snapshot_pieces_destroy(pass.pieces);
	return error;
}
