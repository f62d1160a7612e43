/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/snapshot.h"

#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/core/absent_pages.h"
#include "lib/core/foreign_file.h"
#include "lib/unpack/decompress.h"

/* Keeps an error until the content is read: headers and notes can be used without it. */
static void find_not_zero(struct snapshot *snapshot)
{
	AUTO_JUMP_NOTE struct jump_note note = { 0 };
	struct error *error = jump_note_find(&snapshot->elf, &note);

	if (error)
		error_free(error);
	else
		snapshot->not_zero_error = absent_pages_not_zero(&snapshot->elf, &note, &snapshot->not_zero);
}

/* Adds to `error` what a file of another format is, and what makes a snapshot of it. */
static struct error *explain_foreign(struct error *error, const char *path)
{
	uint8_t head[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t size = fd < 0 ? 0 : pread(fd, head, sizeof(head), 0);

	if (fd >= 0)
		close(fd);
	if (size <= 0)
		return error;

	struct bytes bytes = { head, (size_t)size };
	const char *packed = compression_name(bytes), *text = foreign_file_text(bytes, FOREIGN_TO_RESTORE);

	if (!packed && !text)
		return error;

	struct error *more = packed ? error_new("%s; it is packed with %s: unpack it first", error_text(error), packed) :
				      error_new("%s; it is %s", error_text(error), text);

	error_free(error);
	return more;
}

struct error *snapshot_open(struct snapshot *snapshot, const char *path)
{
	struct error *error;

	*snapshot = (struct snapshot){ .is_khimage = storage_name_is_mapped(path) || khimage_probe_path(path) };
	if (snapshot->is_khimage) {
		error = khimage_open(&snapshot->khimage, path);
	} else {
		error = core_file_open(&snapshot->elf, path);
		if (!error)
			find_not_zero(snapshot);
	}
	return error ? explain_foreign(error, path) : NULL;
}

void snapshot_close(struct snapshot *snapshot)
{
	khimage_close(&snapshot->khimage);
	core_file_deinit(&snapshot->elf);
	hole_set_deinit(&snapshot->not_zero);
	error_free(snapshot->not_zero_error);
	snapshot->not_zero_error = NULL;
}

void snapshot_group_deinit(struct snapshot_group *group)
{
	free(group->extents);
	free(group->chunks);
	*group = (struct snapshot_group){ 0 };
}

static void add_extent(struct snapshot_group *group, struct span memory, bool is_zero)
{
	if (span_is_empty(memory))
		return;
	group->extents = xgrow(group->extents, &group->extent_capacity, group->extent_count + 1,
			       sizeof(*group->extents));
	group->extents[group->extent_count++] = (struct snapshot_extent){ memory, is_zero };
}

static struct snapshot_chunk *add_chunk(struct snapshot_group *group, const struct snapshot_chunk *chunk)
{
	group->chunks = xgrow(group->chunks, &group->chunk_capacity, group->chunk_count + 1, sizeof(*group->chunks));
	group->chunks[group->chunk_count] = *chunk;
	return &group->chunks[group->chunk_count++];
}

/* Advances a place in the extents by `bytes` of data. */
static void skip_data(const struct snapshot_group *group, size_t *extent, uint64_t *skip, uint64_t bytes)
{
	*skip += bytes;
	while (*extent < group->extent_count) {
		const struct snapshot_extent *at = &group->extents[*extent];

		if (!at->is_zero && *skip < span_size(at->memory))
			return;
		*skip -= at->is_zero ? 0 : span_size(at->memory);
		(*extent)++;
	}
}

static struct error *read_khimage_group(const struct snapshot *snapshot, struct snapshot_cursor *cursor,
					struct snapshot_group *group)
{
	AUTO_FREE uint8_t *block = xcalloc(KHIMAGE_INDEX_BYTES, 1);
	struct khimage_group raw;
	struct error *error = khimage_read_group(&snapshot->khimage, &cursor->place, block, &raw);
	struct snapshot_chunk chunk = { .has_digest = true, .is_sealed = snapshot->khimage.crypt != NULL };

	if (error)
		return error;
	for (size_t i = 0; i < raw.header.run_count; i++) {
		struct khimage_run run = khimage_group_run(&raw, i);

		add_extent(group, span_of(run.start, run.page_count * PAGE_SIZE_BYTES), run.kind == KHIMAGE_RUN_ZERO);
	}
	chunk.offset = raw.offset + KHIMAGE_INDEX_BYTES;
	skip_data(group, &chunk.first_extent, &chunk.first_skip_bytes, 0);
	for (size_t i = 0; i < raw.header.chunk_count; i++) {
		chunk.form = khimage_group_chunk(&raw, i);
		chunk.number = raw.header.number << 32 | i;
		if (chunk.is_sealed)
			memcpy(chunk.tag, khimage_group_tag(&raw, i), sizeof(chunk.tag));
		add_chunk(group, &chunk);
		chunk.offset += chunk.form.stored_bytes;
		skip_data(group, &chunk.first_extent, &chunk.first_skip_bytes,
			  chunk.form.page_count * PAGE_SIZE_BYTES);
	}
	return NULL;
}

static uint64_t chunk_bytes(const struct snapshot_chunk *chunk)
{
	return chunk->form.page_count * PAGE_SIZE_BYTES;
}

/* Adds chunks for the last extent. Data that follows the last chunk in the file continues that chunk. */
static void add_elf_chunks(struct snapshot_group *group, uint64_t offset)
{
	struct snapshot_chunk *last = group->chunk_count ? &group->chunks[group->chunk_count - 1] : NULL;
	struct span memory = group->extents[group->extent_count - 1].memory, rest = memory;

	while (!span_is_empty(rest)) {
		bool continues = last && last->form.page_count < KHIMAGE_CHUNK_PAGES &&
				 last->offset + chunk_bytes(last) == offset;

		if (!continues)
			last = add_chunk(group, &(struct snapshot_chunk){ .offset = offset,
								       .first_extent = group->extent_count - 1,
								       .first_skip_bytes = rest.start - memory.start });

		struct span part = span_intersect(rest, span_of(rest.start, KHIMAGE_CHUNK_BYTES - chunk_bytes(last)));

		last->form.page_count = (uint16_t)(last->form.page_count + span_size(part) / PAGE_SIZE_BYTES);
		last->form.stored_bytes = (uint32_t)chunk_bytes(last);
		offset += span_size(part);
		rest.start = part.end;
	}
}

/* The largest group of an ELF core, for any size of the core. */
#define ELF_GROUP_CHUNKS 4096u
#define ELF_GROUP_EXTENTS 16384u

static bool elf_group_has_room(const struct snapshot_group *group)
{
	return group->chunk_count < ELF_GROUP_CHUNKS && group->extent_count < ELF_GROUP_EXTENTS;
}

/* Adds memory with data, up to the group's limit. */
static void add_elf_data(struct elf_place *place, struct snapshot_group *group)
{
	uint64_t room = (ELF_GROUP_CHUNKS - group->chunk_count) * (uint64_t)KHIMAGE_CHUNK_BYTES;
	struct span part = span_intersect(place->held, span_of(place->held.start, room));

	add_extent(group, part, false);
	add_elf_chunks(group, place->segment.file_offset + (part.start - place->segment.paddr));
	place->held.start = place->end = part.end;
}

/* Adds or skips memory without data, up to the next border between zeros and unknown content. */
static void add_elf_zeros(const struct snapshot *snapshot, struct elf_place *place, struct snapshot_group *group)
{
	struct span part = place->absent;

	if (!span_set_split(&snapshot->not_zero.spans, &place->next_not_zero, &part)) {
		add_extent(group, part, true);
		place->end = part.end;
	}
	place->absent.start = part.end;
}

static struct error *next_elf_segment(const struct snapshot *snapshot, struct elf_place *place)
{
	struct elf_segment *segment = &place->segment;
	struct error *error = core_segments_next_by_address(&place->segments, segment);

	if (error || segment->type == PT_NULL)
		return error;
	if (segment->file_size && segment->paddr < place->end)
		return error_new("%s holds 0x%" PRIx64 " twice", snapshot_core(snapshot)->path, segment->paddr);
	error = core_segment_check_pages(snapshot_core(snapshot), segment);
	if (error)
		return error;
	place->held = core_segment_held(segment);
	place->absent = core_segment_absent(segment);
	return NULL;
}

static struct error *read_elf_group(const struct snapshot *snapshot, struct elf_place *place,
				    struct snapshot_group *group)
{
	struct error *error = snapshot->not_zero_error ? error_new("%s", error_text(snapshot->not_zero_error)) : NULL;

	while (!error && elf_group_has_room(group)) {
		if (!span_is_empty(place->held)) {
			add_elf_data(place, group);
		} else if (!span_is_empty(place->absent)) {
			add_elf_zeros(snapshot, place, group);
		} else {
			error = next_elf_segment(snapshot, place);
			if (place->segment.type == PT_NULL)
				break;
		}
	}
	return error;
}

struct error *snapshot_next_group(const struct snapshot *snapshot, struct snapshot_cursor *cursor,
				  struct snapshot_group *group, bool *ret_done)
{
	const struct khimage_superblock *superblock = &snapshot->khimage.superblock;
	struct error *error;

	group->extent_count = 0;
	group->chunk_count = 0;
	if (!cursor->is_begun)
		*cursor = (struct snapshot_cursor){ true, khimage_first_group(superblock),
						 { .segments.core = snapshot_core(snapshot) } };
	if (!snapshot->is_khimage) {
		error = read_elf_group(snapshot, &cursor->elf, group);
		*ret_done = !group->extent_count;
		return error;
	}
	*ret_done = cursor->place.number >= superblock->group_count;
	if (!*ret_done)
		return read_khimage_group(snapshot, cursor, group);
	return error_prefix(khimage_check_end(superblock, &cursor->place), "%s", snapshot_core(snapshot)->path);
}

void chunk_reader_init(struct chunk_reader *reader, const struct snapshot *snapshot)
{
	*reader = (struct chunk_reader){ .snapshot = snapshot };
	reader->stored = xpages(KHIMAGE_CHUNK_BYTES);
	reader->unpacked = xpages(KHIMAGE_CHUNK_BYTES);
}

void chunk_reader_deinit(struct chunk_reader *reader)
{
	free(reader->stored);
	free(reader->unpacked);
	khimage_codec_deinit(&reader->codec);
	*reader = (struct chunk_reader){ 0 };
}

static struct error *read_stored(struct chunk_reader *reader, const struct snapshot_chunk *chunk)
{
	return core_file_read(snapshot_core(reader->snapshot), chunk->offset, reader->stored, chunk->form.stored_bytes);
}

static struct error *of_chunk(struct error *error, const struct chunk_reader *reader,
			      const struct snapshot_chunk *chunk)
{
	return error_prefix(error, "%s, offset 0x%" PRIx64, snapshot_core(reader->snapshot)->path, chunk->offset);
}

struct error *snapshot_open_chunk(const struct snapshot *snapshot, const struct snapshot_chunk *chunk,
				  const uint8_t *stored, uint8_t *to)
{
	if (khimage_crypt_open(snapshot->khimage.crypt, KHIMAGE_PART_CHUNK, chunk->number, stored,
			       chunk->form.stored_bytes, chunk->tag, to))
		return NULL;
	return error_new("a chunk is damaged, or was changed: it is not the one that was encrypted there");
}

struct error *chunk_reader_check(struct chunk_reader *reader, const struct snapshot_chunk *chunk)
{
	struct error *error = read_stored(reader, chunk);

	if (error || !chunk->has_digest)
		return error;
	error = chunk->is_sealed ? snapshot_open_chunk(reader->snapshot, chunk, reader->stored, reader->stored) :
				   khimage_codec_check(&chunk->form, reader->stored);
	return of_chunk(error, reader, chunk);
}

struct error *chunk_reader_read(struct chunk_reader *reader, const struct snapshot_chunk *chunk,
				const uint8_t **ret_data)
{
	struct error *error = chunk_reader_check(reader, chunk);

	if (error)
		return error;
	*ret_data = reader->stored;
	if (!chunk->has_digest)
		return NULL;
	error = khimage_codec_unpack_checked(&reader->codec, &chunk->form, reader->stored, reader->unpacked, ret_data);
	return of_chunk(error, reader, chunk);
}
