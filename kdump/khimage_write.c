/* SPDX-License-Identifier: GPL-2.0-only */
#include "kdump/khimage_write.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kdump/chunk_pipeline.h"
#include "kdump/head_writer.h"
#include "kdump/out_stream.h"
#include "lib/base/alloc.h"
#include "lib/base/unique.h"
#include "lib/base/zero_page.h"
#include "lib/core/core_segments.h"
#include "lib/disk/block_devices.h"
#include "lib/khimage/khimage.h"

struct writer {
	const struct khimage_write *job;
	struct khimage_superblock superblock; /* of the snapshot that is being written */
	uint64_t last_sequence;
	struct out_stream *stream;
	struct khimage_encryption encryption; /* of the committed superblock */
	struct khimage_crypt *crypt;          /* NULL: it is plain */
	struct chunk_pipeline *pipeline;
	struct chunk_job *chunk; /* the one that is being filled, or NULL */
	uint8_t *index;          /* index block of the group that is being written */
	struct khimage_group_header group;
	struct khimage_run *runs; /* of the group; copied behind the chunks in the index block */
	uint8_t (*tags)[KHIMAGE_TAG_BYTES]; /* of its chunks, if they are encrypted; copied behind the runs */
	uint64_t group_offset;
	size_t chunks_begun; /* of this group, written or still in the pipeline */
	uint64_t done, total; /* bytes of memory */
};

/* Removes signatures of other contents that would not be overwritten, such as those at the device's end. */
static struct error *wipe_others(const struct khimage_write *job)
{
	const struct storage *storage = job->storage;

	/* The signatures of a device of which only parts are used are those of its file system. */
	return storage->is_device && !storage->is_mapped ? block_content_wipe(storage->fd, job->name) : NULL;
}

/* The number follows those of the previous snapshot here, of any boot, and of this boot's on other disks. */
static struct error *choose_generation(struct writer *writer, uint64_t before)
{
	const struct khimage_write *job = writer->job;

	if (before == UINT64_MAX)
		return error_new("%s has the highest number that a snapshot can have; kdump --init makes it count from 1 again",
				 job->name);
	if (job->older_generation == UINT64_MAX)
		return error_new("a snapshot of this kernel on another disk has the highest number that a snapshot can have: "
				 "this one would not be known as the newest; kdump --init that one");
	writer->superblock.generation = (before > job->older_generation ? before : job->older_generation) + 1;
	return NULL;
}

/* After this no boot finds a snapshot here until the new one is committed. */
static struct error *begin(struct writer *writer)
{
	struct khimage_superblock before = { 0 };
	size_t slot = KHIMAGE_SLOT_COUNT - 1;
	bool is_damaged;

	/* Without a valid superblock this is the first snapshot. */
	error_free(khimage_read_superblock(writer->job->storage, writer->job->name, &before, &slot, &is_damaged));
	writer->last_sequence = before.sequence;
	writer->superblock.state = KHIMAGE_WRITING;
	writer->superblock.image_id = unique_number();
	writer->superblock.created = (uint64_t)time(NULL);
	memcpy(writer->superblock.boot_id, writer->job->boot_id, sizeof(writer->superblock.boot_id));

	struct error *error = choose_generation(writer, before.generation);

	if (!error)
		error = wipe_others(writer->job);
	if (error)
		return error;
	/* The slot in effect is overwritten last. */
	return khimage_write_superblocks(writer->job->storage, writer->job->name, &writer->superblock,
					 &writer->last_sequence, slot + 1);
}

static struct error *write_head(struct writer *writer)
{
	const struct core_file *core = writer->job->source->core;
	struct khimage_superblock *superblock = &writer->superblock;

	superblock->elf_machine = core->elf.machine;
	superblock->compression = writer->job->compression;

	struct error *error = head_write(core, writer->stream, writer->crypt, superblock);

	superblock->groups_offset = out_stream_offset(writer->stream);
	return error;
}

static struct error *begin_group(struct writer *writer)
{
	writer->group_offset = out_stream_offset(writer->stream);
	writer->group = (struct khimage_group_header){ .image_id = writer->superblock.image_id,
						       .number = writer->superblock.group_count };
	writer->chunks_begun = 0;
	return out_stream_skip(writer->stream, KHIMAGE_INDEX_BYTES);
}

static struct khimage_chunk *index_chunks(const struct writer *writer)
{
	return (struct khimage_chunk *)(writer->index + sizeof(struct khimage_group_header));
}

/* Writes the oldest chunk that is not written yet. */
static struct error *write_oldest_chunk(struct writer *writer)
{
	const struct chunk_job *done = chunk_pipeline_oldest(writer->pipeline);
	struct error *error = out_stream_append(writer->stream, done->result, done->chunk.stored_bytes);

	memcpy(writer->tags[writer->group.chunk_count], done->tag, sizeof(done->tag));
	index_chunks(writer)[writer->group.chunk_count++] = done->chunk;
	writer->superblock.stored_bytes += done->chunk.stored_bytes;
	writer->superblock.chunk_count++;
	chunk_pipeline_release(writer->pipeline);
	return error;
}

/* Begins the chunk that pages are added to; writes older chunks until one is free. */
static struct error *begin_chunk(struct writer *writer)
{
	struct error *error = NULL;

	while (!error && !(writer->chunk = chunk_pipeline_begin(writer->pipeline)))
		error = write_oldest_chunk(writer);
	if (!error)
		writer->chunk->number = writer->group.number << 32 | writer->chunks_begun++;
	return error;
}

static void end_chunk(struct writer *writer)
{
	if (writer->chunk)
		chunk_pipeline_submit(writer->pipeline);
	writer->chunk = NULL;
}

/* Writes the group's chunks that are still being packed, then its index block, into the room before them. */
static struct error *end_group(struct writer *writer)
{
	struct error *error = NULL;

	end_chunk(writer);
	while (!error && chunk_pipeline_oldest(writer->pipeline))
		error = write_oldest_chunk(writer);
	if (!error)
		error = out_stream_align(writer->stream);
	if (error)
		return error;
	writer->group.next_offset = out_stream_offset(writer->stream);

	uint8_t *runs = (uint8_t *)(index_chunks(writer) + writer->group.chunk_count);
	size_t runs_bytes = writer->group.run_count * sizeof(*writer->runs);

	uint8_t *tags = runs + runs_bytes, *end = writer->index + KHIMAGE_INDEX_BYTES;
	size_t tags_bytes = writer->crypt ? writer->group.chunk_count * sizeof(*writer->tags) : 0;

	memcpy(runs, writer->runs, runs_bytes);
	memcpy(tags, writer->tags, tags_bytes);
	memset(tags + tags_bytes, 0, (size_t)(end - (tags + tags_bytes)));
	khimage_group_seal(writer->index, &writer->group);
	if (writer->crypt)
		khimage_crypt_seal(writer->crypt, KHIMAGE_PART_INDEX, writer->group.number, writer->index,
				   KHIMAGE_SEALED_BYTES, end - KHIMAGE_TAG_BYTES);
	writer->superblock.groups_digest = khimage_chain(writer->superblock.groups_digest, writer->group.digest);
	writer->superblock.run_count += writer->group.run_count;
	writer->superblock.group_count++;
	return out_stream_fill(writer->stream, writer->group_offset, writer->index, KHIMAGE_INDEX_BYTES);
}

/* Adds pages to the preceding run, or as a new run, for which there is room. */
static void add_to_runs(struct writer *writer, struct span pages, uint32_t kind)
{
	uint32_t count = (uint32_t)(span_size(pages) / PAGE_SIZE_BYTES);

	if (writer->group.run_count) {
		struct khimage_run *last = &writer->runs[writer->group.run_count - 1];

		if (last->kind == kind && last->start + last->page_count * PAGE_SIZE_BYTES == pages.start &&
		    last->page_count <= UINT32_MAX - count) {
			last->page_count += count;
			return;
		}
	}
	writer->runs[writer->group.run_count++] = (struct khimage_run){ pages.start, count, kind };
}

/* Ends a full group and begins the next one. */
static struct error *make_room(struct writer *writer)
{
	struct error *error;

	if (khimage_group_has_room(writer->chunks_begun, writer->group.run_count, writer->crypt != NULL))
		return NULL;
	error = end_group(writer);
	return error ? error : begin_group(writer);
}

/* The number of pages from the beginning of `data` that are all zero or all not. */
static size_t same_kind(const struct writer *writer, const uint8_t *data, size_t page_count, bool *ret_zero)
{
	size_t same = 1;

	*ret_zero = writer->job->omit_zero && is_zero_page(data);
	if (!writer->job->omit_zero)
		return page_count;
	while (same < page_count && is_zero_page(data + same * PAGE_SIZE_BYTES) == *ret_zero)
		same++;
	return same;
}

static struct error *add_data(struct writer *writer, struct span pages, const uint8_t *data)
{
	while (!span_is_empty(pages)) {
		struct error *error = make_room(writer);

		if (!error && !writer->chunk)
			error = begin_chunk(writer);
		if (error)
			return error;

		struct chunk_job *chunk = writer->chunk;
		struct span part = span_intersect(pages, span_of(pages.start, KHIMAGE_CHUNK_BYTES - chunk->raw_bytes));

		memcpy(chunk->raw + chunk->raw_bytes, data, (size_t)span_size(part));
		chunk->raw_bytes += (size_t)span_size(part);
		data += span_size(part);
		add_to_runs(writer, part, KHIMAGE_RUN_DATA);
		writer->superblock.data_pages += span_size(part) / PAGE_SIZE_BYTES;
		if (chunk->raw_bytes == KHIMAGE_CHUNK_BYTES)
			end_chunk(writer);
		pages.start = part.end;
	}
	return NULL;
}

static struct error *add_zeros(struct writer *writer, struct span pages)
{
	struct error *error = make_room(writer);

	if (!error)
		add_to_runs(writer, pages, KHIMAGE_RUN_ZERO);
	writer->superblock.zero_pages += span_size(pages) / PAGE_SIZE_BYTES;
	return error;
}

static struct error *add_pages(void *context, struct span memory, const uint8_t *data)
{
	struct writer *writer = context;
	const struct khimage_write *job = writer->job;
	struct error *error = NULL;

	while (!error && !span_is_empty(memory)) {
		bool zero;
		size_t count = same_kind(writer, data, (size_t)(span_size(memory) / PAGE_SIZE_BYTES), &zero);
		struct span part = span_of(memory.start, count * PAGE_SIZE_BYTES);

		error = zero ? add_zeros(writer, part) : add_data(writer, part, data);
		data += span_size(part);
		memory.start = part.end;
		writer->done += span_size(part);
	}
	if (!error && job->progress)
		error = job->progress(job->context, writer->done, writer->total);
	return error;
}

static struct error *write_groups(struct writer *writer)
{
	struct error *error = begin_group(writer);

	if (!error)
		error = selection_read(writer->job->selection, writer->job->source, add_pages, writer);
	if (!error)
		error = end_group(writer);
	return error;
}

/* Everything else is on the medium; the first of these two writes makes the snapshot valid. */
static struct error *commit(struct writer *writer)
{
	const struct step_clock *begun = &writer->job->begun, now = step_clock_now();

	writer->superblock.times = (struct khimage_times){
		.save_kiloticks = step_clock_kiloticks(begun),
		.save_uptime_ms = (uint32_t)(begun->uptime_us / 1000),
		.save_ms = step_clock_ms(begun, &now),
	};
	writer->superblock.state = KHIMAGE_COMMITTED;
	writer->superblock.end_offset = out_stream_offset(writer->stream);

	struct khimage_superblock shown = writer->superblock;

	if (writer->crypt) {
		shown.encryption = writer->encryption;
		khimage_crypt_hide_fields(writer->crypt, &shown);
	}
	return khimage_write_superblocks(writer->job->storage, writer->job->name, &shown, &writer->last_sequence, 0);
}

static void writer_deinit(struct writer *writer)
{
	chunk_pipeline_destroy(writer->pipeline);
	out_stream_destroy(writer->stream);
	khimage_crypt_end(writer->crypt);
	free(writer->index);
	free(writer->runs);
	free(writer->tags);
}

struct error *khimage_write_all(const struct khimage_write *job, struct khimage_superblock *ret_superblock)
{
	__attribute__((cleanup(writer_deinit))) struct writer writer = { .job = job };
	struct selection_size size;
	struct error *error = selection_measure(job->selection, &size);

	if (!error && job->key)
		error = khimage_crypt_begin(job->key, &writer.encryption, &writer.crypt);
	writer.encryption.memory_digest = job->memory_digest;
	if (!error)
		error = begin(&writer);
	writer.total = size.bytes;

	writer.index = xcalloc(KHIMAGE_INDEX_BYTES, 1);
	writer.runs = xcalloc(KHIMAGE_INDEX_BYTES / sizeof(*writer.runs), sizeof(*writer.runs));
	writer.tags = xcalloc(KHIMAGE_INDEX_BYTES / sizeof(struct khimage_chunk), sizeof(*writer.tags));
	if (!error)
		error = out_stream_create(&writer.stream, job->storage, job->name, KHIMAGE_HEAD_OFFSET);
	if (!error)
		error = chunk_pipeline_create(&writer.pipeline, job->compression, job->is_paced ? writer.stream : NULL,
					      writer.crypt);
	if (!error)
		error = write_head(&writer);
	if (!error)
		error = write_groups(&writer);
	if (!error)
		error = out_stream_finish(writer.stream);
	if (!error)
		error = commit(&writer);
	if (!error)
		*ret_superblock = writer.superblock;
	return error;
}
