/* SPDX-License-Identifier: GPL-2.0-only */
#include "kdump/head_writer.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/core/core_segments.h"
#include "lib/khimage/khimage_parse.h"

struct head_writer {
	struct out_stream *stream;
	const struct khimage_crypt *crypt;
	struct khimage_hash *hash;
	uint8_t *block; /* of KHIMAGE_INDEX_BYTES: what is to be encrypted next */
	size_t block_bytes;
	uint64_t block_number;
};

/* Encrypts what has gathered. */
static struct error *end_block(struct head_writer *writer)
{
	size_t size = writer->block_bytes;

	if (!size)
		return NULL;
	khimage_crypt_seal(writer->crypt, KHIMAGE_PART_HEAD, writer->block_number++, writer->block, size,
			   writer->block + size);
	writer->block_bytes = 0;
	return out_stream_append(writer->stream, writer->block, size + KHIMAGE_TAG_BYTES);
}

/* Appends to the head, and adds to its digest. */
static struct error *append(struct head_writer *writer, const void *data, size_t size)
{
	const uint8_t *at = data;
	struct error *error = NULL;

	khimage_hash_add(writer->hash, data, size);
	if (!writer->crypt)
		return out_stream_append(writer->stream, data, size);
	while (!error && size) {
		size_t room = KHIMAGE_SEALED_BYTES - writer->block_bytes, part = size < room ? size : room;

		memcpy(writer->block + writer->block_bytes, at, part);
		writer->block_bytes += part;
		at += part;
		size -= part;
		if (writer->block_bytes == KHIMAGE_SEALED_BYTES)
			error = end_block(writer);
	}
	return error;
}

/* The source's PT_LOADs, in the order of its file. */
static struct error *write_views(struct head_writer *writer, const struct core_file *core, uint64_t *ret_count)
{
	struct core_segments at = { .core = core };
	struct elf_segment segment;
	struct error *error;

	while (!(error = core_segments_next(&at, &segment)) && segment.type != PT_NULL) {
		const struct khimage_view view = { segment.paddr, segment.vaddr, segment.memory_size };

		if (!core_segment_has_phys(core, &segment))
			continue;
		error = append(writer, &view, sizeof(view));
		(*ret_count)++;
		if (error)
			return error;
	}
	return error;
}

struct error *head_write(const struct core_file *core, struct out_stream *stream, const struct khimage_crypt *crypt,
			 struct khimage_superblock *superblock)
{
	AUTO_FREE uint8_t *block = xcalloc(KHIMAGE_INDEX_BYTES, 1);
	struct head_writer writer = { .stream = stream, .crypt = crypt, .hash = khimage_hash_begin(), .block = block };
	const uint64_t padding = 0;

	superblock->notes_bytes = core->notes_size;
	superblock->view_count = 0;

	struct error *error = append(&writer, core->notes, core->notes_size);

	if (!error)
		error = append(&writer, &padding, (size_t)(khimage_views_offset(superblock) - core->notes_size));
	if (!error)
		error = write_views(&writer, core, &superblock->view_count);
	superblock->head_digest = khimage_hash_end(writer.hash);
	if (!error)
		error = end_block(&writer);
	return error ? error : out_stream_align(stream);
}
