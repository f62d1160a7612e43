/* SPDX-License-Identifier: GPL-2.0-only */
/* The khimage's superblocks and index blocks: every damaged bit is found, and an interrupted write leaves the old state. */
#include "lib/khimage/khimage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/span.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static struct khimage_superblock superblock_of(uint32_t state, uint64_t sequence)
{
	struct khimage_superblock superblock = { .state = state, .sequence = sequence, .image_id = 5, .group_count = 1,
						 .groups_offset = KHIMAGE_HEAD_OFFSET,
						 .end_offset = KHIMAGE_HEAD_OFFSET + KHIMAGE_INDEX_BYTES + 8192 };

	khimage_superblock_seal(&superblock);
	return superblock;
}

static void put_slots(uint8_t *slots, uint32_t first, uint32_t second)
{
	struct khimage_superblock superblock = superblock_of(first, 8);

	memset(slots, 0, 8192);
	memcpy(slots, &superblock, sizeof(superblock));
	superblock = superblock_of(second, 7);
	memcpy(slots + KHIMAGE_BLOCK_BYTES, &superblock, sizeof(superblock));
}

/* The state that counts; 0 if none does. */
static uint32_t state_of(const uint8_t *slots, size_t size)
{
	struct khimage_superblock superblock;
	size_t slot;
	struct error *error = khimage_superblock_choose((struct bytes){ slots, size }, &superblock, &slot, NULL);
	uint32_t state = error ? 0 : superblock.state;

	error_free(error);
	return state;
}

static void test_slots(void)
{
	uint8_t slots[8192];
	size_t wrong = 0;

	put_slots(slots, KHIMAGE_USED, KHIMAGE_COMMITTED);
	is_u64(state_of(slots, sizeof(slots)), KHIMAGE_USED, "the slot that was written last counts");
	for (size_t bit = 0; bit < sizeof(struct khimage_superblock) * 8; bit++) {
		slots[bit / 8] ^= (uint8_t)(1 << bit % 8);
		wrong += state_of(slots, sizeof(slots)) != KHIMAGE_COMMITTED;
		slots[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	is_u64(wrong, 0, "with any bit of it turned round, as after a write that was cut off, the other one does");
	put_slots(slots, KHIMAGE_COMMITTED, KHIMAGE_COMMITTED);
	slots[20] ^= 1;
	slots[KHIMAGE_BLOCK_BYTES + 20] ^= 1;
	is_u64(state_of(slots, sizeof(slots)), 0, "with both damaged, none");
	put_slots(slots, KHIMAGE_COMMITTED, KHIMAGE_WRITING);
	is_u64(state_of(slots, 4096), KHIMAGE_COMMITTED, "a second slot that is cut off does no harm");
	is_u64(state_of(slots, 100), 0, "a first one does");
	is_u64(state_of(slots, 0), 0, "nothing is no khimage");
}

/* An index block with a run of data, one of zeros and a chunk. */
static void put_group(uint8_t *block, const struct khimage_run *runs, size_t run_count, struct khimage_chunk chunk)
{
	struct khimage_group_header header = { .image_id = 5, .chunk_count = 1, .run_count = (uint32_t)run_count,
					       .next_offset = KHIMAGE_HEAD_OFFSET + KHIMAGE_INDEX_BYTES + 8192 };

	memset(block, 0, KHIMAGE_INDEX_BYTES);
	memcpy(block + sizeof(header), &chunk, sizeof(chunk));
	memcpy(block + sizeof(header) + sizeof(chunk), runs, run_count * sizeof(*runs));
	khimage_group_seal(block, &header);
}

/* What refuses the block; NULL if nothing does. Heap. */
static char *refusal(const uint8_t *block, uint64_t phys_end)
{
	struct khimage_superblock superblock = superblock_of(KHIMAGE_COMMITTED, 1);
	struct khimage_place place = khimage_first_group(&superblock);
	struct khimage_group group;

	place.phys_end = phys_end;
	struct error *error =
		khimage_group_parse((struct bytes){ block, KHIMAGE_INDEX_BYTES }, &superblock, &place, &group);
	char *text = error ? xstrdup(error_text(error)) : NULL;

	error_free(error);
	return text;
}

static void group_is(const uint8_t *block, uint64_t phys_end, const char *wanted, const char *name)
{
	AUTO_FREE char *text = refusal(block, phys_end);

	if (!ok(wanted ? text && strstr(text, wanted) : !text, "%s", name))
		diag("%s", text ? text : "accepted");
}

static void test_group(void)
{
	AUTO_FREE uint8_t *block = xcalloc(KHIMAGE_INDEX_BYTES, 1);
	const struct khimage_run good[] = { { 0x10000, 2, KHIMAGE_RUN_DATA }, { 0x12000, 9, KHIMAGE_RUN_ZERO } };
	const struct khimage_run overlapping[] = { { 0x10000, 2, KHIMAGE_RUN_DATA }, { 0x11000, 1, KHIMAGE_RUN_ZERO } };
	const struct khimage_run endless[] = { { SPAN_ADDRESS_END - 4096, 2, KHIMAGE_RUN_DATA } };
	const struct khimage_run odd[] = { { 0x10800, 2, KHIMAGE_RUN_DATA } };
	const struct khimage_run more[] = { { 0x10000, 3, KHIMAGE_RUN_DATA } };
	const struct khimage_chunk chunk = { 1, 8192, 2, KHIMAGE_NONE };
	size_t accepted = 0;

	put_group(block, good, 2, chunk);
	group_is(block, 0x10000, NULL, "runs and a chunk for them");
	group_is(block, 0x11000, "a run of 2 pages at 0x10000", "a run that an earlier group has");
	for (size_t bit = 0; bit < KHIMAGE_INDEX_BYTES * 8; bit += bit < 1024 ? 1 : 509) {
		block[bit / 8] ^= (uint8_t)(1 << bit % 8);
		AUTO_FREE char *text = refusal(block, 0);

		accepted += !text;
		block[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	is_u64(accepted, 0, "any bit turned round is found, in the padding, too");
	put_group(block, overlapping, 2, chunk);
	group_is(block, 0, "a run of 1 pages at 0x11000", "runs that overlap");
	put_group(block, endless, 1, chunk);
	group_is(block, 0, "a run of 2 pages", "a run beyond any address");
	put_group(block, odd, 1, chunk);
	group_is(block, 0, "a run of 2 pages at 0x10800", "a run that does not begin with a page");
	put_group(block, more, 1, chunk);
	group_is(block, 0, "no chunks for 1 pages", "a page without a chunk");
	put_group(block, good, 2, (struct khimage_chunk){ 1, 8192, 3, KHIMAGE_NONE });
	group_is(block, 0, "its chunk 0 does not fit", "a chunk of more pages than there are");
	put_group(block, good, 2, (struct khimage_chunk){ 1, 8193, 2, KHIMAGE_ZSTD });
	group_is(block, 0, "its chunk 0 does not fit", "a chunk that packing made larger");
	put_group(block, good, 2, (struct khimage_chunk){ 1, 100, 2, 9 });
	group_is(block, 0, "its chunk 0 does not fit", "an unknown compression");
	put_group(block, good, 2, (struct khimage_chunk){ 1, 24, 2, KHIMAGE_NONE | KHIMAGE_WORDS });
	group_is(block, 0, NULL, "a chunk with words");
	put_group(block, good, 2, (struct khimage_chunk){ 1, 8192, 2, KHIMAGE_NONE | KHIMAGE_WORDS });
	group_is(block, 0, "its chunk 0 does not fit", "one that words made no smaller");
	put_group(block, good, 2, (struct khimage_chunk){ 1, 24, 2, 9 | KHIMAGE_WORDS });
	group_is(block, 0, "its chunk 0 does not fit", "an unknown compression with words");
}

static uint32_t state_in(const char *path)
{
	AUTO_KHIMAGE struct khimage snapshot = { 0 };
	struct error *error = khimage_open(&snapshot, path);
	uint32_t state = error ? 0 : snapshot.superblock.state;

	error_free(error);
	return state;
}

static void test_states(void)
{
	char *folder = make_folder();
	AUTO_FREE char *path = xasprintf("%s/snapshot", folder);

	ok(!khimage_probe_path(path), "what is not there is no khimage");
	ok(!khimage_format(path) && khimage_probe_path(path), "a file is formatted");
	is_u64(state_in(path), KHIMAGE_EMPTY, "it is empty");
	struct error *error = khimage_set_state(path, KHIMAGE_USED);

	ok(error && strstr(error_text(error), "is empty, not committed"), "only what is committed can be used");
	error_free(error);
	is_u64(state_in(path), KHIMAGE_EMPTY, "it is still empty");
	error = khimage_set_state(path, KHIMAGE_COMMITTED);
	ok(error && strstr(error_text(error), "is empty, not used"), "only what is used can be made unused again");
	error_free(error);
	ok(!khimage_set_state(path, KHIMAGE_EMPTY), "what is empty can be discarded");
	remove_folder(folder);
}

/* The state and token of a khimage. */
static bool is_marked(const char *path, uint32_t state, uint64_t token)
{
	struct khimage_superblock superblock = { 0 };

	return no_error(khimage_read_state(path, &superblock, NULL)) && superblock.state == state &&
	       superblock.jump_token == token;
}

/* Around a jump by placement. */
static void test_jump_token(void)
{
	char *folder = make_folder();
	AUTO_FREE uint8_t *slots = xcalloc(KHIMAGE_SLOTS_BYTES, 1);
	const struct khimage_times times = { 0 };
	AUTO_FREE char *path = NULL;

	put_slots(slots, KHIMAGE_COMMITTED, KHIMAGE_COMMITTED);
	path = write_file(folder, "snapshot", (struct bytes){ slots, KHIMAGE_SLOTS_BYTES });
	ok(no_error(khimage_set_used(path, &times, 7)) && is_marked(path, KHIMAGE_USED, 7), "a snapshot is used, with the jump's token");
	ok(error_contains(khimage_set_used(path, &times, 8), "is used, not committed") && is_marked(path, KHIMAGE_USED, 7),
	   "a used one cannot be marked once more");
	ok(no_error(khimage_forget_jump(path)) && is_marked(path, KHIMAGE_USED, 0), "it can lose its token");
	ok(no_error(khimage_set_state(path, KHIMAGE_COMMITTED)) && no_error(khimage_set_used(path, &times, 9)) &&
		   is_marked(path, KHIMAGE_USED, 9),
	   "the next jump has another token");
	ok(no_error(khimage_set_state(path, KHIMAGE_COMMITTED)) && is_marked(path, KHIMAGE_COMMITTED, 0),
	   "there is none when the mark is taken back");
	remove_folder(folder);
}

/* What a file of this content is by its superblocks alone; -1: that cannot be known. */
static int look_of(const char *folder, const uint8_t *content, size_t size)
{
	AUTO_FREE char *path = write_file(folder, "looked-at", (struct bytes){ content, size });
	struct khimage_superblock superblock = { 0 };
	struct error *error = khimage_read_state(path, &superblock, NULL);
	int state = error ? -1 : (int)superblock.state;

	error_free(error);
	return state;
}

static void test_look(void)
{
	char *folder = make_folder();
	AUTO_FREE char *path = xasprintf("%s/looked-at", folder);
	uint8_t slots[8192] = { 0 };

	ok(!look_of(folder, slots, sizeof(slots)), "zeros are no khimage");
	ok(!look_of(folder, slots, 0), "nor is nothing");
	put_slots(slots, KHIMAGE_COMMITTED, KHIMAGE_COMMITTED);
	ok(look_of(folder, slots, sizeof(slots)) == KHIMAGE_COMMITTED,
	   "a committed snapshot is one without a head behind it, too");
	is_u64(state_in(path), 0, "though it cannot be opened");
	slots[20] ^= 1;
	slots[KHIMAGE_BLOCK_BYTES + 20] ^= 1;
	ok(look_of(folder, slots, sizeof(slots)) == -1, "with both superblocks damaged nothing can be said");
	remove_folder(folder);
}

/* An empty khimage says which boot's snapshots were here and how many; anything else would make an older one the newest. */
static void test_what_an_empty_one_keeps(void)
{
	char *folder = make_folder();
	AUTO_FREE char *path = xasprintf("%s/snapshot", folder);
	struct khimage_superblock superblock = { .state = KHIMAGE_WRITING, .generation = 41, .boot_id = "of this boot" };
	uint64_t sequence = 0;

	ok(!khimage_format(path), "a file is formatted");
	int fd = open(path, O_RDWR | O_CLOEXEC);
	const struct storage storage = storage_of_file(fd);

	ok(!khimage_write_superblocks(&storage, path, &superblock, &sequence, 0), "a snapshot is begun");
	ok(!khimage_set_state(path, KHIMAGE_EMPTY) && !khimage_read_state(path, &superblock, NULL), "and given up");
	ok(superblock.generation == 41 && !memcmp(superblock.boot_id, "of this boot", 13), "its number and boot are kept");
	ok(!khimage_format(path) && !khimage_read_state(path, &superblock, NULL), "it is formatted again");
	ok(superblock.generation == 41 && !memcmp(superblock.boot_id, "of this boot", 13), "they are still there");
	superblock.generation = UINT64_MAX;
	sequence = superblock.sequence;
	ok(!khimage_write_superblocks(&storage, path, &superblock, &sequence, 0) && !khimage_format(path) &&
	   !khimage_read_state(path, &superblock, NULL), "one with the highest number is formatted");
	ok(superblock.state == KHIMAGE_EMPTY && !superblock.generation && !superblock.boot_id[0], "it counts from 1 again");
	close(fd);
	remove_folder(folder);
}

int main(void)
{
	test_what_an_empty_one_keeps();
	test_slots();
	test_group();
	test_states();
	test_jump_token();
	test_look();
	return tap_done();
}
