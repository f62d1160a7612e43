/* SPDX-License-Identifier: GPL-2.0-only */
#include "export.h"

#include <stdlib.h>

#include "core_layout.h"
#include "memory.h"
#include "out_stream.h"

/* All extents of the image, by kind. */
static struct error *find_memory(const struct saved_image *image, struct span_set *ret_data, struct span_set *ret_zero)
{
	AUTO_IMAGE_GROUP struct image_group group = { 0 };
	struct image_cursor cursor = { 0 };
	bool done = false;

	while (!done) {
		struct error *error = saved_image_next_group(image, &cursor, &group, &done);

		if (error)
			return error;
		for (size_t i = 0; i < group.extent_count; i++)
			span_set_add(group.extents[i].is_zero ? ret_zero : ret_data, group.extents[i].memory);
	}
	return NULL;
}

/* Chunks are in order of address, and so are the core's pieces. */
static struct error *write_chunks(const struct saved_image *image, struct out_stream *stream)
{
	AUTO_IMAGE_GROUP struct image_group group = { 0 };
	struct image_cursor cursor = { 0 };
	struct chunk_reader reader;
	struct error *error = NULL;
	bool done = false;

	chunk_reader_init(&reader, image);
	while (!error && !done) {
		error = saved_image_next_group(image, &cursor, &group, &done);
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

struct error *export_elf(const struct saved_image *image, int fd, const char *name)
{
	AUTO_SPAN_SET struct span_set data = { 0 }, zero = { 0 };
	AUTO_CORE_SOURCE struct core_source source = { 0 };
	AUTO_CORE_LAYOUT struct core_layout layout = { 0 };
	struct out_stream *stream = NULL;
	struct error *error = find_memory(image, &data, &zero);

	if (error)
		return error;
	core_source_init(&source, image->core);
	core_layout_init(&layout, &source, &data, &zero);
	if (core_layout_file_size(&layout) - core_layout_data_offset(&layout) != span_set_size(&data))
		return error_new("%s holds memory that its views do not show", image->core->path);
	AUTO_FREE uint8_t *headers = core_layout_headers(&layout);

	error = out_stream_create(&stream, fd, name, 0);
	if (!error)
		error = out_stream_append(stream, headers, (size_t)core_layout_data_offset(&layout));
	if (!error)
		error = write_chunks(image, stream);
	if (!error)
		error = out_stream_finish(stream);
	out_stream_destroy(stream);
	return error;
}
