/* SPDX-License-Identifier: GPL-2.0-only */
#include "core_write.h"

#include <stdlib.h>

#include "memory.h"
#include "out_stream.h"
#include "zero_page.h"

static struct error *write_piece(const struct core_write *job, struct out_stream *stream,
				 const struct core_piece *piece, uint64_t *done, uint64_t total)
{
	struct span rest = piece->memory;

	while (!span_is_empty(rest)) {
		struct span memory = rest;
		const uint8_t *data;
		struct error *error = core_source_read(job->source, &memory, &data);

		if (!error)
			error = out_stream_append(stream, data, (size_t)span_size(memory));
		if (error)
			return error;
		rest.start = memory.end;
		*done += span_size(memory);
		if (job->progress)
			job->progress(job->context, *done, total);
	}
	return NULL;
}

struct error *core_write_all(const struct core_write *job)
{
	const struct core_layout *layout = job->layout;
	uint64_t done = 0, offset = core_layout_data_offset(layout), total = core_layout_file_size(layout) - offset;
	AUTO_FREE uint8_t *headers = core_layout_headers(layout);
	struct out_stream *stream;
	struct error *error = out_stream_create(&stream, job->fd, job->name, 0);

	if (error)
		return error;
	error = out_stream_append(stream, headers, (size_t)offset);
	for (size_t i = 0; !error && i < layout->piece_count; i++)
		if (!layout->pieces[i].is_zero)
			error = write_piece(job, stream, &layout->pieces[i], &done, total);
	if (!error)
		error = out_stream_finish(stream);
	out_stream_destroy(stream);
	return error;
}

/* A piece without content costs a program header, and what reads the file a look-up. */
#define LEAST_ZERO_BYTES (16 * PAGE_SIZE_BYTES)

static void add_zeros(struct span zeros, struct span_set *ret_zero)
{
	if (span_size(zeros) >= LEAST_ZERO_BYTES)
		span_set_add(ret_zero, zeros);
}

struct error *core_find_zeros(struct core_source *source, struct span_set *memory, struct span_set *ret_zero)
{
	struct span zeros = { 0, 0 };

	for (size_t i = 0; i < memory->count; i++) {
		struct span rest = memory->items[i];

		while (!span_is_empty(rest)) {
			struct span part = rest;
			const uint8_t *data;
			struct error *error = core_source_read(source, &part, &data);

			if (error)
				return error;
			for (uint64_t at = part.start; at < part.end; at += PAGE_SIZE_BYTES, data += PAGE_SIZE_BYTES) {
				if (!is_zero_page(data))
					continue;
				if (zeros.end != at) {
					add_zeros(zeros, ret_zero);
					zeros.start = at;
				}
				zeros.end = at + PAGE_SIZE_BYTES;
			}
			rest.start = part.end;
		}
	}
	add_zeros(zeros, ret_zero);
	span_set_remove_set(memory, ret_zero);
	return NULL;
}
