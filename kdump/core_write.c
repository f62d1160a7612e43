/* SPDX-License-Identifier: GPL-2.0-only */
#include "kdump/core_write.h"

#include "kdump/out_stream.h"

struct writer {
	const struct core_write *job;
	struct out_stream *stream;
	uint64_t done;
};

static struct error *each_selected(const void *of, piece_function *act, void *context)
{
	return selection_each(of, act, context);
}

struct error *core_write_layout(struct core_layout *layout, const struct selection *selection)
{
	return core_layout_init(layout, selection->core, (struct core_pieces){ each_selected, selection });
}

static struct error *write_content(void *context, struct span memory, const uint8_t *data)
{
	struct writer *writer = context;
	const struct core_write *job = writer->job;
	struct error *error = out_stream_append(writer->stream, data, (size_t)span_size(memory));

	writer->done += span_size(memory);
	if (!error && job->progress)
		error = job->progress(job->context, writer->done, job->layout->data_bytes);
	return error;
}

struct error *core_write_all(const struct core_write *job)
{
	const struct storage storage = storage_of_file(job->fd);
	struct writer writer = { .job = job };
	struct error *error = out_stream_create(&writer.stream, &storage, job->name, 0);

	if (error)
		return error;
	error = core_layout_write(job->layout, writer.stream);
	if (!error)
		error = selection_read(job->selection, job->source, write_content, &writer);
	if (!error)
		error = out_stream_finish(writer.stream);
	out_stream_destroy(writer.stream);
	return error;
}
