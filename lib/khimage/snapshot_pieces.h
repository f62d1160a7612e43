/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The chunks of a snapshot, in the order of the file, in pieces for one read each. Several threads take pieces: while
 * some wait for the disk, the others unpack.
 */
#ifndef KJ_SNAPSHOT_PIECES_H
#define KJ_SNAPSHOT_PIECES_H

#include "lib/base/error.h"
#include "lib/khimage/snapshot.h"

/* The most stored bytes, and the most chunks, of a piece. */
#define SNAPSHOT_PIECE_BYTES (512u << 10)
#define SNAPSHOT_PIECE_CHUNKS 16u

struct snapshot_piece {
	const struct snapshot_group *group;
	size_t first_chunk, chunk_count; /* of the group */
	struct span stored;              /* in the file; the chunks lie in it without gaps */
	bool is_plain;                   /* all chunks are stored as they were in memory, from a multiple of a page on */
};

struct snapshot_pieces;

struct snapshot_pieces *snapshot_pieces_create(const struct snapshot *snapshot); /* borrowed */
void snapshot_pieces_destroy(struct snapshot_pieces *pieces);

/* The next piece; *ret_done: there is none, or a thread has stopped all. Errors: as snapshot_next_group. */
struct error *snapshot_pieces_next(struct snapshot_pieces *pieces, struct snapshot_piece *ret_piece, bool *ret_done);

/* Gives a piece back: its group may be freed. */
void snapshot_pieces_release(struct snapshot_pieces *pieces, const struct snapshot_piece *piece);

/* No thread gets another piece. */
void snapshot_pieces_stop(struct snapshot_pieces *pieces);

#endif
