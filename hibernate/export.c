/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/export.h"

#include <elf.h>
#include <inttypes.h>

#include "kdump/core_layout.h"
#include "kdump/out_stream.h"
#include "lib/core/core_segments.h"

/* An enumeration of a snapshot's memory, and of its views in parallel. */
struct walk {
	const struct snapshot *snapshot;
	piece_function *act;
	void *context;
	struct core_segments views;
	struct elf_segment view; /* the last that begins at or before the current extent */
	struct core_piece piece; /* not emitted yet: the next part may continue it */
};

static struct error *emit_piece(struct walk *walk)
{
	struct error *error = span_is_empty(walk->piece.memory) ? NULL : walk->act(walk->context, &walk->piece);

	walk->piece.memory = (struct span){ 0, 0 };
	return error;
}

/* Finds the view of the beginning of *memory, and cuts *memory to that view. */
static struct error *find_view(struct walk *walk, struct span *memory)
{
	struct span shown = core_segment_shown(&walk->view);
	struct error *error = NULL;

	while (!error && shown.end <= memory->start) {
		error = core_segments_next_by_address(&walk->views, &walk->view);
		if (!error && walk->view.type == PT_NULL)
			break;
		shown = core_segment_shown(&walk->view);
	}
	if (!error && (shown.end <= memory->start || shown.start > memory->start))
		error = error_new("%s holds memory that its views do not show: 0x%" PRIx64,
				  snapshot_core(walk->snapshot)->path, memory->start);
	*memory = span_intersect(*memory, shown);
	return error;
}

static bool continues(const struct core_piece *piece, struct span memory, const struct elf_segment *view, bool is_zero)
{
	return !span_is_empty(piece->memory) && piece->memory.end == memory.start &&
	       piece->segment.paddr == view->paddr && piece->is_zero == is_zero;
}

static struct error *add_extent(struct walk *walk, const struct snapshot_extent *extent)
{
	struct core_piece *piece = &walk->piece;
	struct span rest = extent->memory;
	struct error *error = NULL;

	while (!error && !span_is_empty(rest)) {
		struct span part = rest;

		error = find_view(walk, &part);
		if (error)
			return error;
		if (!continues(piece, part, &walk->view, extent->is_zero)) {
			error = emit_piece(walk);
			*piece = (struct core_piece){ part, walk->view, extent->is_zero };
		}
		piece->memory.end = part.end;
		rest.start = part.end;
	}
	return error;
}

/* Enumerates all extents of the snapshot, for struct core_pieces. */
static struct error *each_piece(const void *of, piece_function *act, void *context)
{
	const struct snapshot *snapshot = of;
	struct walk walk = { .snapshot = snapshot, .act = act, .context = context, .views.core = snapshot_core(snapshot) };
	AUTO_SNAPSHOT_GROUP struct snapshot_group group = { 0 };
	struct snapshot_cursor cursor = { 0 };
	bool done = false;

	while (!done) {
		struct error *error = snapshot_next_group(snapshot, &cursor, &group, &done);

		for (size_t i = 0; !error && i < group.extent_count; i++)
			error = add_extent(&walk, &group.extents[i]);
		if (error)
			return error;
	}
	return emit_piece(&walk);
}

/* Chunks are in order of address, and so are the core's pieces. */
static struct error *write_chunks(const struct snapshot *snapshot, struct out_stream *stream)
{
	AUTO_SNAPSHOT_GROUP struct snapshot_group group = { 0 };
	struct snapshot_cursor cursor = { 0 };
	struct chunk_reader reader;
	struct error *error = NULL;
	bool done = false;

	chunk_reader_init(&reader, snapshot);
	while (!error && !done) {
		error = snapshot_next_group(snapshot, &cursor, &group, &done);
		for (size_t i = 0; !error && i < group.chunk_count; i++) {
			const uint8_t *data;

			error = chunk_reader_read(&reader, &group.chunks[i], &data);
			if (!error)
				error = out_stream_append(stream, data,
							  (size_t)(group.chunks[i].form.page_count * PAGE_SIZE_BYTES));
		}
	}
	chunk_reader_deinit(&reader);
	return error;
}

struct error *export_elf(const struct snapshot *snapshot, int fd, const char *name)
{
	AUTO_CORE_LAYOUT struct core_layout layout = { 0 };
	const struct storage storage = storage_of_file(fd);
	struct out_stream *stream = NULL;
	struct error *error = core_layout_init(&layout, snapshot_core(snapshot),
					       (struct core_pieces){ each_piece, snapshot });

	if (!error)
		error = out_stream_create(&stream, &storage, name, 0);
	if (!error)
		error = core_layout_write(&layout, stream);
	if (!error)
		error = write_chunks(snapshot, stream);
	if (!error)
		error = out_stream_finish(stream);
	out_stream_destroy(stream);
	return error;
}
