/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A khimage's superblocks and its index blocks. Checksums are put right
 * first, so that what is behind them is reached, and the group's number and
 * snapshot too, which a fuzzer would not guess.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/span.h"
#include "lib/khimage/khimage_parse.h"
#include "tests/fuzz/fuzz.h"

static void check_superblocks(const uint8_t *data, size_t size)
{
	struct khimage_superblock superblock, again;
	size_t slot = 99;
	bool damaged;
	struct error *error = khimage_superblock_choose((struct bytes){ data, size }, &superblock, &slot, &damaged);

	if (!error) {
		REQUIRE(slot < KHIMAGE_SLOT_COUNT);
		REQUIRE(khimage_head_bytes(&superblock) <= UINT64_C(1) << 37 ||
			superblock.state < KHIMAGE_COMMITTED);
		khimage_superblock_seal(&superblock);
		error = khimage_superblock_parse((struct bytes){ (const uint8_t *)&superblock, sizeof(superblock) },
						 &again);
		REQUIRE(!error && !memcmp(&superblock, &again, sizeof(again)));
	}
	error_free(error);
}

/* Every run and chunk of a group that was accepted stays within what was promised. */
static void check_contents(const struct khimage_group *group, const struct khimage_place *place)
{
	uint64_t end = 0, data_pages = 0, stored = 0;

	for (size_t i = 0; i < group->header.run_count; i++) {
		struct khimage_run run = khimage_group_run(group, i);

		REQUIRE(run.start >= end && run.page_count);
		end = run.start + run.page_count * PAGE_SIZE_BYTES;
		REQUIRE(end <= SPAN_ADDRESS_END);
		data_pages += run.kind == KHIMAGE_RUN_DATA ? run.page_count : 0;
	}
	for (size_t i = 0; i < group->header.chunk_count; i++) {
		struct khimage_chunk chunk = khimage_group_chunk(group, i);

		REQUIRE(chunk.stored_bytes <= KHIMAGE_CHUNK_BYTES && chunk.page_count <= data_pages);
		data_pages -= chunk.page_count;
		stored += chunk.stored_bytes;
	}
	REQUIRE(!data_pages && group->offset + KHIMAGE_INDEX_BYTES + stored <= place->offset);
}

/* The tags of an encrypted snapshot's chunks are within the block, and do not touch its own. */
static void check_tags(const struct khimage_group *group)
{
	for (size_t i = 0; i < group->header.chunk_count; i++)
		REQUIRE(khimage_group_tag(group, i) + KHIMAGE_TAG_BYTES <= group->block.data + KHIMAGE_SEALED_BYTES);
}

/* With a cipher the index block is one that was decrypted. */
static void check_group(const uint8_t *data, size_t size, uint32_t cipher)
{
	struct khimage_superblock superblock = { .state = KHIMAGE_COMMITTED, .image_id = 7, .group_count = 1,
						 .groups_offset = KHIMAGE_HEAD_OFFSET, .end_offset = 1u << 30,
						 .encryption = { .cipher = cipher } };
	struct khimage_place place = khimage_first_group(&superblock);
	struct khimage_group_header header = { 0 };
	struct khimage_group group;
	uint8_t *block = calloc(KHIMAGE_INDEX_BYTES, 1);

	REQUIRE(block);
	if (size)
		memcpy(block, data, size < KHIMAGE_INDEX_BYTES ? size : KHIMAGE_INDEX_BYTES);
	memcpy(&header, block, sizeof(header));
	header.image_id = superblock.image_id;
	header.number = 0;
	khimage_group_seal(block, &header);
	struct error *error =
		khimage_group_parse((struct bytes){ block, KHIMAGE_INDEX_BYTES }, &superblock, &place, &group);

	if (!error)
		check_contents(&group, &place);
	if (!error && cipher)
		check_tags(&group);
	error_free(error);
	free(block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_superblocks(data, size);
	check_group(data, size, KHIMAGE_PLAIN);
	check_group(data, size, KHIMAGE_AES256_GCM);
	return 0;
}
