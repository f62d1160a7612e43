/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot in a file or on a partition, of either form: an ELF core
 * (of cp, makedumpfile or kdump) or a khimage. Its content is read as groups
 * of extents, in order of address, and of chunks, which contain the extents' data.
 */
#ifndef KJ_SNAPSHOT_H
#define KJ_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/core_segments.h"
#include "lib/core/hole_set.h"
#include "lib/core/jump_note.h"
#include "lib/khimage/khimage.h"
#include "lib/khimage/khimage_codec.h"

struct snapshot {
	bool is_khimage;
	struct khimage khimage;      /* if it is one */
	struct core_file elf;        /* if not */
	struct hole_set not_zero;      /* memory that an ELF core shows without data, and that must not be zeroed */
	struct error *not_zero_error;  /* why not_zero is not known; NULL */
};

/* Pages that have data, or contained zeros. */
struct snapshot_extent {
	struct span memory;
	bool is_zero;
};

/* At most KHIMAGE_CHUNK_PAGES pages that are stored together. */
struct snapshot_chunk {
	uint64_t offset;            /* in the file */
	struct khimage_chunk form;
	bool has_digest;
	bool is_sealed;             /* encrypted: by number and tag */
	uint64_t number;
	uint8_t tag[KHIMAGE_TAG_BYTES];
	size_t first_extent;        /* of the group: where its first page belongs */
	uint64_t first_skip_bytes;  /* into that extent */
};

struct snapshot_group {
	struct snapshot_extent *extents;
	size_t extent_count, extent_capacity;
	struct snapshot_chunk *chunks;
	size_t chunk_count, chunk_capacity;
};

/* A reader's place in an ELF core. */
struct elf_place {
	struct core_segments segments;
	struct elf_segment segment;
	struct span held, absent; /* the rest of its memory, with and without data */
	uint64_t end;             /* of the last extent */
	size_t next_not_zero;
};

/* A reader's place in the snapshot. Zero-initialise to begin. */
struct snapshot_cursor {
	bool is_begun;
	struct khimage_place place; /* of the next group */
	struct elf_place elf;       /* if it is no khimage */
};

/*
 * Opens either form. A khimage may be in any state. Errors: damaged, cut off; of any other file its format, and what
 * makes a snapshot of it.
 */
struct error *snapshot_open(struct snapshot *snapshot, const char *path);
void snapshot_close(struct snapshot *snapshot);
#define AUTO_SNAPSHOT __attribute__((cleanup(snapshot_close)))

/* Notes and PT_LOADs of either form. */
static inline const struct core_file *snapshot_core(const struct snapshot *snapshot)
{
	return snapshot->is_khimage ? &snapshot->khimage.core : &snapshot->elf;
}

void snapshot_group_deinit(struct snapshot_group *group);
#define AUTO_SNAPSHOT_GROUP __attribute__((cleanup(snapshot_group_deinit)))

/*
 * The next group, in order of address. *ret_done is true after the last one;
 * then no group is missing. `group` is emptied first. Errors: an index block is
 * damaged or missing; pieces overlap, or are not whole pages.
 */
struct error *snapshot_next_group(const struct snapshot *snapshot, struct snapshot_cursor *cursor,
				  struct snapshot_group *group, bool *ret_done);

/* Decrypts a chunk that is_sealed to `to`, which may be `stored`. Error: it is not the one that was encrypted there. */
struct error *snapshot_open_chunk(const struct snapshot *snapshot, const struct snapshot_chunk *chunk,
				  const uint8_t *stored, uint8_t *to);

/* Buffers of one thread that reads chunks. */
struct chunk_reader {
	const struct snapshot *snapshot; /* borrowed */
	uint8_t *stored, *unpacked;
	struct khimage_codec codec;
};

void chunk_reader_init(struct chunk_reader *reader, const struct snapshot *snapshot);
void chunk_reader_deinit(struct chunk_reader *reader);

/* Reads a chunk and compares its checksum or tag, if it has one. */
struct error *chunk_reader_check(struct chunk_reader *reader, const struct snapshot_chunk *chunk);

/* Reads and checks a chunk; *ret_data has its pages until the next call. */
struct error *chunk_reader_read(struct chunk_reader *reader, const struct snapshot_chunk *chunk,
				const uint8_t **ret_data);

#endif
