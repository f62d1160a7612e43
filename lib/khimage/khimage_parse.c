/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/khimage_parse.h"

#include <inttypes.h>
#include <stdio.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "lib/base/alloc.h"
#include "lib/base/span.h"
#include "lib/khimage/xxh3_scalar.h"

static const char *const state_names[] = {
	[KHIMAGE_EMPTY] = "empty",
	[KHIMAGE_WRITING] = "writing",
	[KHIMAGE_COMMITTED] = "committed",
	[KHIMAGE_USED] = "used",
};

static const char *const compression_names[] = {
	[KHIMAGE_NONE] = "none",
	[KHIMAGE_LZ4] = "lz4",
	[KHIMAGE_ZSTD] = "zstd",
};

const char *khimage_state_name(uint32_t state)
{
	return state < ARRAY_COUNT(state_names) && state_names[state] ? state_names[state] : "unknown";
}

const char *khimage_compression_name(uint32_t compression)
{
	return compression < ARRAY_COUNT(compression_names) ? compression_names[compression] : "unknown";
}

char *khimage_boot_text(const struct khimage_superblock *superblock)
{
	char *text = xcalloc(2 * KHIMAGE_BOOT_ID_BYTES + 1, 1);

	for (size_t i = 0; i < KHIMAGE_BOOT_ID_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", superblock->boot_id[i]);
	return text;
}

bool khimage_compression_by_name(const char *name, uint32_t *ret_compression)
{
	for (uint32_t i = 0; i < ARRAY_COUNT(compression_names); i++) {
		if (!strcmp(name, compression_names[i])) {
			*ret_compression = i;
			return true;
		}
	}
	return false;
}

uint64_t khimage_digest(const void *data, size_t size)
{
	return xxh3_scalar_is_faster() ? xxh3_scalar(data, size) : XXH3_64bits(data, size);
}

struct khimage_hash {
	XXH3_state_t state;
};

struct khimage_hash *khimage_hash_begin(void)
{
	struct khimage_hash *hash = xaligned(_Alignof(struct khimage_hash), sizeof(*hash));

	XXH3_64bits_reset(&hash->state);
	return hash;
}

void khimage_hash_add(struct khimage_hash *hash, const void *data, size_t size)
{
	if (xxh3_scalar_is_faster())
		xxh3_scalar_update(&hash->state, data, size);
	else
		XXH3_64bits_update(&hash->state, data, size);
}

uint64_t khimage_hash_end(struct khimage_hash *hash)
{
	uint64_t digest = XXH3_64bits_digest(&hash->state);

	free(hash);
	return digest;
}

bool khimage_probe(struct bytes slot)
{
	return slot.size >= sizeof(KHIMAGE_MAGIC) && !memcmp(slot.data, KHIMAGE_MAGIC, sizeof(KHIMAGE_MAGIC));
}

static uint64_t superblock_digest(const struct khimage_superblock *superblock)
{
	return khimage_digest(superblock, offsetof(struct khimage_superblock, digest));
}

static uint64_t encryption_digest(const struct khimage_encryption *encryption)
{
	return khimage_digest(encryption, offsetof(struct khimage_encryption, digest));
}

void khimage_superblock_seal(struct khimage_superblock *superblock)
{
	struct khimage_encryption *encryption = &superblock->encryption;

	memcpy(superblock->magic, KHIMAGE_MAGIC, sizeof(superblock->magic));
	superblock->version = encryption->cipher ? KHIMAGE_VERSION_ENCRYPTED : KHIMAGE_VERSION;
	encryption->digest = encryption->cipher ? encryption_digest(encryption) : 0;
	superblock->digest = superblock_digest(superblock);
}

uint64_t khimage_head_bytes(const struct khimage_superblock *superblock)
{
	return khimage_views_offset(superblock) + superblock->view_count * sizeof(struct khimage_view);
}

uint64_t khimage_views_offset(const struct khimage_superblock *superblock)
{
	return (superblock->notes_bytes + 7) / 8 * 8;
}

/* Notes are kept in memory; those of any machine are far smaller. */
#define NOTES_LIMIT_BYTES (UINT64_C(64) << 20)

static bool content_is_sane(const struct khimage_superblock *superblock)
{
	return superblock->notes_bytes <= NOTES_LIMIT_BYTES && superblock->view_count <= UINT32_MAX &&
	       superblock->groups_offset % KHIMAGE_BLOCK_BYTES == 0 &&
	       superblock->groups_offset >= KHIMAGE_HEAD_OFFSET + khimage_head_bytes(superblock) &&
	       superblock->end_offset >= superblock->groups_offset &&
	       superblock->end_offset % KHIMAGE_BLOCK_BYTES == 0 && superblock->end_offset <= INT64_MAX;
}

/* The values that are encrypted are zeros otherwise. */
static bool content_is_hidden(const struct khimage_superblock *superblock)
{
	static const uint8_t zeros[sizeof(superblock->encryption.sealed_fields)];

	return !memcmp((const uint8_t *)superblock + offsetof(struct khimage_superblock, elf_machine), zeros, sizeof(zeros));
}

static bool superblock_is_sane(const struct khimage_superblock *superblock)
{
	if (superblock->state < KHIMAGE_EMPTY || superblock->state > KHIMAGE_USED || superblock->encryption.reserved)
		return false;
	if (superblock->state == KHIMAGE_EMPTY || superblock->state == KHIMAGE_WRITING)
		return true;
	if (superblock->encryption.cipher)
		return content_is_hidden(superblock);
	return content_is_sane(superblock);
}

/* The two parts have digests of their own; behind a plain superblock are zeros. */
static bool is_whole(const struct khimage_superblock *superblock)
{
	static const struct khimage_encryption none;
	const struct khimage_encryption *encryption = &superblock->encryption;
	bool is_plain = superblock->version == KHIMAGE_VERSION;

	return superblock->digest == superblock_digest(superblock) &&
	       (is_plain ? !memcmp(encryption, &none, sizeof(none)) :
			   encryption->cipher && encryption->digest == encryption_digest(encryption));
}

struct error *khimage_superblock_parse(struct bytes slot, struct khimage_superblock *ret_superblock)
{
	struct khimage_superblock superblock;

	if (!khimage_probe(slot) || slot.size < sizeof(superblock))
		return error_new("no khimage superblock");
	memcpy(&superblock, slot.data, sizeof(superblock));
	if (superblock.version != KHIMAGE_VERSION && superblock.version != KHIMAGE_VERSION_ENCRYPTED)
		return error_new("the khimage has version %" PRIu32 "; this program knows %d", superblock.version,
				 KHIMAGE_VERSION_ENCRYPTED);
	if (!is_whole(&superblock))
		return error_new("the khimage's superblock is damaged: its checksum is %016" PRIx64
				 ", and should be %016" PRIx64, superblock.digest, superblock_digest(&superblock));
	if (!superblock_is_sane(&superblock))
		return error_new("the khimage's superblock contradicts itself");
	*ret_superblock = superblock;
	return NULL;
}

struct error *khimage_superblock_check_opened(const struct khimage_superblock *superblock)
{
	if (content_is_sane(superblock) && khimage_head_bytes(superblock) <= 2 * NOTES_LIMIT_BYTES)
		return NULL;
	return error_new("the khimage's superblock contradicts itself");
}

struct error *khimage_superblock_choose(struct bytes slots, struct khimage_superblock *ret_superblock,
					size_t *ret_slot, bool *ret_damaged)
{
	struct khimage_superblock found = { 0 };
	struct error *first_error = NULL;

	for (size_t i = 0; i < KHIMAGE_SLOT_COUNT; i++) {
		struct khimage_superblock superblock;
		struct bytes slot = { 0 };
		struct error *error = bytes_part(slots, i * KHIMAGE_BLOCK_BYTES, KHIMAGE_BLOCK_BYTES, &slot) ?
					      khimage_superblock_parse(slot, &superblock) :
					      error_new("the khimage is cut off in its superblocks");

		if (!error && superblock.sequence >= found.sequence) {
			found = superblock;
			*ret_slot = i;
		}
		/* Of two errors the one of a slot with a superblock is reported. */
		if (error && (!first_error || khimage_probe(slot))) {
			struct error *other = first_error;

			first_error = error;
			error = other;
		}
		error_free(error);
	}
	if (ret_damaged)
		*ret_damaged = first_error != NULL;
	if (!found.version)
		return first_error;
	error_free(first_error);
	*ret_superblock = found;
	return NULL;
}

/* What an index block with so many chunks and runs takes; an encrypted one has a tag for each chunk, and its own. */
static uint64_t group_bytes(uint64_t chunk_count, uint64_t run_count, bool is_encrypted)
{
	uint64_t tags = is_encrypted ? chunk_count + 1 : 0;

	return sizeof(struct khimage_group_header) + chunk_count * sizeof(struct khimage_chunk) +
	       run_count * sizeof(struct khimage_run) + tags * KHIMAGE_TAG_BYTES;
}

bool khimage_group_has_room(uint64_t chunk_count, uint64_t run_count, bool is_encrypted)
{
	return group_bytes(chunk_count + 1, run_count + 1, is_encrypted) <= KHIMAGE_INDEX_BYTES;
}

const uint8_t *khimage_group_tag(const struct khimage_group *group, size_t index)
{
	return group->block.data + group_bytes(group->header.chunk_count, group->header.run_count, false) +
	       index * KHIMAGE_TAG_BYTES;
}

struct khimage_chunk khimage_group_chunk(const struct khimage_group *group, size_t index)
{
	struct khimage_chunk chunk;

	memcpy(&chunk, group->block.data + sizeof(group->header) + index * sizeof(chunk), sizeof(chunk));
	return chunk;
}

struct khimage_run khimage_group_run(const struct khimage_group *group, size_t index)
{
	struct khimage_run run;

	memcpy(&run,
	       group->block.data + sizeof(group->header) + group->header.chunk_count * sizeof(struct khimage_chunk) +
		       index * sizeof(run),
	       sizeof(run));
	return run;
}

static uint64_t group_digest(struct bytes block)
{
	const uint64_t zero = 0;
	size_t digest_at = offsetof(struct khimage_group_header, digest), rest_at = digest_at + sizeof(zero);
	XXH3_state_t state;

	XXH3_64bits_reset(&state);
	XXH3_64bits_update(&state, block.data, digest_at);
	XXH3_64bits_update(&state, &zero, sizeof(zero));
	XXH3_64bits_update(&state, block.data + rest_at, block.size - rest_at);
	return XXH3_64bits_digest(&state);
}

void khimage_group_seal(uint8_t *block, struct khimage_group_header *header)
{
	memcpy(header->magic, KHIMAGE_GROUP_MAGIC, sizeof(header->magic));
	memcpy(block, header, sizeof(*header));
	header->digest = group_digest((struct bytes){ block, KHIMAGE_INDEX_BYTES });
	memcpy(block, header, sizeof(*header));
}

static struct error *check_header(const struct khimage_group *group, const struct khimage_superblock *superblock,
				  const struct khimage_place *place)
{
	const struct khimage_group_header *header = &group->header;
	uint64_t used = group_bytes(header->chunk_count, header->run_count, superblock->encryption.cipher != 0);

	if (memcmp(header->magic, KHIMAGE_GROUP_MAGIC, sizeof(header->magic)) ||
	    header->image_id != superblock->image_id || header->number != place->number)
		return error_new("it is not there: at offset 0x%" PRIx64 " is something else", place->offset);
	if (header->digest != group_digest(group->block))
		return error_new("it is damaged: its checksum is %016" PRIx64 ", and should be %016" PRIx64,
				 header->digest, group_digest(group->block));
	if (used > KHIMAGE_INDEX_BYTES || header->next_offset % KHIMAGE_BLOCK_BYTES ||
	    header->next_offset > superblock->end_offset || header->next_offset < place->offset + KHIMAGE_INDEX_BYTES)
		return error_new("it contradicts itself");
	return NULL;
}

static struct error *check_runs(const struct khimage_group *group, uint64_t *phys_end, uint64_t *ret_data_pages)
{
	uint64_t end = *phys_end, data_pages = 0;

	for (size_t i = 0; i < group->header.run_count; i++) {
		struct khimage_run run = khimage_group_run(group, i);
		uint64_t bytes = run.page_count * PAGE_SIZE_BYTES;

		if (run.start % PAGE_SIZE_BYTES || run.start < end || run.start > SPAN_ADDRESS_END - bytes || !bytes ||
		    (run.kind != KHIMAGE_RUN_DATA && run.kind != KHIMAGE_RUN_ZERO))
			return error_new("it has a run of %" PRIu32 " pages at 0x%" PRIx64 " that cannot be there",
					 run.page_count, run.start);
		if (run.kind == KHIMAGE_RUN_DATA)
			data_pages += run.page_count;
		end = run.start + bytes;
	}
	*phys_end = end;
	*ret_data_pages = data_pages;
	return NULL;
}

static bool chunk_is_sane(const struct khimage_chunk *chunk)
{
	uint64_t bytes = chunk->page_count * PAGE_SIZE_BYTES;

	if (!chunk->page_count || chunk->page_count > KHIMAGE_CHUNK_PAGES || !chunk->stored_bytes)
		return false;
	if (chunk->compression == KHIMAGE_NONE)
		return chunk->stored_bytes == bytes;
	return (chunk->compression & ~KHIMAGE_WORDS) <= KHIMAGE_ZSTD && chunk->stored_bytes < bytes;
}

static struct error *check_chunks(const struct khimage_group *group, uint64_t data_pages)
{
	uint64_t room = group->header.next_offset - group->offset - KHIMAGE_INDEX_BYTES;

	for (size_t i = 0; i < group->header.chunk_count; i++) {
		struct khimage_chunk chunk = khimage_group_chunk(group, i);

		if (!chunk_is_sane(&chunk) || chunk.page_count > data_pages || chunk.stored_bytes > room)
			return error_new("its chunk %zu does not fit its runs or its size", i);
		data_pages -= chunk.page_count;
		room -= chunk.stored_bytes;
	}
	return data_pages ? error_new("it has no chunks for %" PRIu64 " pages", data_pages) : NULL;
}

struct error *khimage_group_parse(struct bytes block, const struct khimage_superblock *superblock,
				  struct khimage_place *place, struct khimage_group *ret_group)
{
	struct khimage_group group = { .offset = place->offset, .block = block };
	uint64_t phys_end = place->phys_end, data_pages = 0;
	struct error *error = NULL;

	if (block.size != KHIMAGE_INDEX_BYTES) {
		error = error_new("it is cut off");
	} else {
		memcpy(&group.header, block.data, sizeof(group.header));
		error = check_header(&group, superblock, place);
	}
	if (!error)
		error = check_runs(&group, &phys_end, &data_pages);
	if (!error)
		error = check_chunks(&group, data_pages);
	if (error)
		return error_prefix(error, "index block %" PRIu64 " of %" PRIu64, place->number + 1,
				    superblock->group_count);
	*ret_group = group;
	*place = (struct khimage_place){ place->number + 1, group.header.next_offset, phys_end,
					 khimage_chain(place->chain, group.header.digest) };
	return NULL;
}

struct khimage_place khimage_first_group(const struct khimage_superblock *superblock)
{
	return (struct khimage_place){ .offset = superblock->groups_offset };
}

uint64_t khimage_chain(uint64_t chain, uint64_t digest)
{
	const uint64_t both[] = { chain, digest };

	return khimage_digest(both, sizeof(both));
}

struct error *khimage_check_end(const struct khimage_superblock *superblock, const struct khimage_place *place)
{
	if (place->number == superblock->group_count && place->offset == superblock->end_offset &&
	    place->chain == superblock->groups_digest)
		return NULL;
	return error_new("the index blocks are not those that were committed: their checksum is %016" PRIx64
			 ", and should be %016" PRIx64, place->chain, superblock->groups_digest);
}
