/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks the khimage format (include/khimage_format.h): bytes in, structs out; reads no file, keeps no memory. */
#ifndef KJ_KHIMAGE_PARSE_H
#define KJ_KHIMAGE_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "include/khimage_format.h"
#include "lib/base/bytes.h"
#include "lib/base/error.h"

/* "empty", "writing", "committed", "used"; "unknown". */
const char *khimage_state_name(uint32_t state);

/* "none", "lz4", "zstd"; "unknown". */
const char *khimage_compression_name(uint32_t compression);

/* boot_id as 32 hex digits, for command lines and scripts; heap. */
char *khimage_boot_text(const struct khimage_superblock *superblock);

/* The compression with this name; false if there is none. */
bool khimage_compression_by_name(const char *name, uint32_t *ret_compression);

/* The digest used in the whole format. */
uint64_t khimage_digest(const void *data, size_t size);

/* The same digest of data in parts. _end frees it. */
struct khimage_hash;
struct khimage_hash *khimage_hash_begin(void);
void khimage_hash_add(struct khimage_hash *hash, const void *data, size_t size);
uint64_t khimage_hash_end(struct khimage_hash *hash);

/* True if a slot begins with the superblock's magic, whether or not it is whole. */
bool khimage_probe(struct bytes slot);

/*
 * Parses one slot. Errors: no superblock, another version, a digest that
 * differs, values that contradict each other.
 */
struct error *khimage_superblock_parse(struct bytes slot, struct khimage_superblock *ret_superblock);

/* The checks of the values that an encrypted superblock hides, once they are there. */
struct error *khimage_superblock_check_opened(const struct khimage_superblock *superblock);

/* Sets magic, version and digests. */
void khimage_superblock_seal(struct khimage_superblock *superblock);

/*
 * The superblock in effect, of the two slots at a device's beginning.
 * *ret_slot is its slot; *ret_damaged, if not NULL, whether the other slot has
 * a damaged superblock. Errors: neither slot has a superblock, or all
 * superblocks are damaged.
 */
struct error *khimage_superblock_choose(struct bytes slots, struct khimage_superblock *ret_superblock,
					size_t *ret_slot, bool *ret_damaged);

/* Bytes of the head, notes and views together, and where in it the views begin. */
uint64_t khimage_head_bytes(const struct khimage_superblock *superblock);
uint64_t khimage_views_offset(const struct khimage_superblock *superblock);

/* An index block that was checked. */
struct khimage_group {
	struct khimage_group_header header;
	uint64_t offset;    /* of the index block */
	struct bytes block; /* borrowed */
};

/* The place of a group, and the values it must continue. */
struct khimage_place {
	uint64_t number;
	uint64_t offset;   /* of its index block */
	uint64_t phys_end; /* of the last run before it */
	uint64_t chain;    /* of the digests of the index blocks before it */
};

/* The first group's place. */
struct khimage_place khimage_first_group(const struct khimage_superblock *superblock);

/* superblock.groups_digest with one more index block. */
uint64_t khimage_chain(uint64_t chain, uint64_t digest);

/* An error unless `place` is behind the last group, and the groups are those that were committed. */
struct error *khimage_check_end(const struct khimage_superblock *superblock, const struct khimage_place *place);

/*
 * Parses the index block of KHIMAGE_INDEX_BYTES (decrypted) read at place->offset; moves
 * `place` to the next group. Errors: not of this snapshot, digest, runs out of
 * order, chunks that do not fit the runs or leave the snapshot.
 */
struct error *khimage_group_parse(struct bytes block, const struct khimage_superblock *superblock,
				  struct khimage_place *place, struct khimage_group *ret_group);

struct khimage_chunk khimage_group_chunk(const struct khimage_group *group, size_t index);
struct khimage_run khimage_group_run(const struct khimage_group *group, size_t index);

/* The tag of a chunk in an encrypted snapshot; borrowed from the block. */
const uint8_t *khimage_group_tag(const struct khimage_group *group, size_t index);

/* Whether an index block with so many chunks and runs has room for one more of each. */
bool khimage_group_has_room(uint64_t chunk_count, uint64_t run_count, bool is_encrypted);

/*
 * Completes an index block (KHIMAGE_INDEX_BYTES) that has its chunks, runs and
 * tags in place, by a header with magic and digest, which are set in *header, too.
 */
void khimage_group_seal(uint8_t *block, struct khimage_group_header *header);

#endif
