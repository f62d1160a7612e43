/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/snapshot_pieces.h"

#include <pthread.h>
#include <stdlib.h>

#include "lib/base/alloc.h"

/* A group that pieces refer to; the first member, so that a piece's group leads to it. */
struct held_group {
	struct snapshot_group group;
	size_t users;
};

struct snapshot_pieces {
	const struct snapshot *snapshot;
	pthread_mutex_t lock;
	struct snapshot_cursor cursor;
	struct held_group *current; /* NULL before the first one */
	size_t next_chunk;          /* of the current group */
	bool is_done;
};

struct snapshot_pieces *snapshot_pieces_create(const struct snapshot *snapshot)
{
	struct snapshot_pieces *pieces = xcalloc(1, sizeof(*pieces));

	pieces->snapshot = snapshot;
	pthread_mutex_init(&pieces->lock, NULL);
	return pieces;
}

static void drop(struct held_group *held)
{
	if (!held || --held->users)
		return;
	snapshot_group_deinit(&held->group);
	free(held);
}

void snapshot_pieces_destroy(struct snapshot_pieces *pieces)
{
	drop(pieces->current);
	pthread_mutex_destroy(&pieces->lock);
	free(pieces);
}

static struct error *next_group(struct snapshot_pieces *pieces)
{
	drop(pieces->current);
	pieces->current = xcalloc(1, sizeof(*pieces->current));
	pieces->current->users = 1;
	pieces->next_chunk = 0;
	return snapshot_next_group(pieces->snapshot, &pieces->cursor, &pieces->current->group, &pieces->is_done);
}

static bool is_plain(const struct snapshot_chunk *chunk)
{
	return !chunk->is_sealed && chunk->form.compression == KHIMAGE_NONE && chunk->offset % PAGE_SIZE_BYTES == 0 &&
	       chunk->form.stored_bytes == chunk->form.page_count * PAGE_SIZE_BYTES;
}

static struct snapshot_piece piece_from(const struct snapshot_group *group, size_t first)
{
	const struct snapshot_chunk *chunk = &group->chunks[first];
	struct snapshot_piece piece = { group, first, 0, { chunk->offset, chunk->offset }, is_plain(chunk) };

	while (first + piece.chunk_count < group->chunk_count && piece.chunk_count < SNAPSHOT_PIECE_CHUNKS) {
		chunk = &group->chunks[first + piece.chunk_count];
		if (chunk->offset != piece.stored.end || is_plain(chunk) != piece.is_plain ||
		    span_size(piece.stored) + chunk->form.stored_bytes > SNAPSHOT_PIECE_BYTES)
			break;
		piece.stored.end += chunk->form.stored_bytes;
		piece.chunk_count++;
	}
	return piece;
}

struct error *snapshot_pieces_next(struct snapshot_pieces *pieces, struct snapshot_piece *ret_piece, bool *ret_done)
{
	struct error *error = NULL;

	pthread_mutex_lock(&pieces->lock);
	while (!error && !pieces->is_done &&
	       (!pieces->current || pieces->next_chunk == pieces->current->group.chunk_count))
		error = next_group(pieces);
	*ret_done = pieces->is_done;
	if (!error && !pieces->is_done) {
		*ret_piece = piece_from(&pieces->current->group, pieces->next_chunk);
		pieces->next_chunk += ret_piece->chunk_count;
		pieces->current->users++;
	}
	pthread_mutex_unlock(&pieces->lock);
	return error;
}

void snapshot_pieces_release(struct snapshot_pieces *pieces, const struct snapshot_piece *piece)
{
	pthread_mutex_lock(&pieces->lock);
	drop((struct held_group *)piece->group);
	pthread_mutex_unlock(&pieces->lock);
}

void snapshot_pieces_stop(struct snapshot_pieces *pieces)
{
	pthread_mutex_lock(&pieces->lock);
	pieces->is_done = true;
	pthread_mutex_unlock(&pieces->lock);
}
