/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Placement against a model of physical memory: whatever pages a process happens to get, each page of the snapshot is
 * in its place when the placing program has copied and filled what it is told to.
 */
#include "kexec/place/placement.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define FRAMES 192
#define PAGE ((size_t)PAGE_SIZE_BYTES)
#define ROUNDS 400

enum content { FREE, DATA, ZERO };

struct model {
	struct random *random;
	struct jump_note note;
	struct span_set ram, taken;
	enum content wanted[FRAMES];
	uint8_t *memory; /* FRAMES pages */
	struct placement placement;
};

static struct span frame_span(uint64_t frame, uint64_t count)
{
	return span_of(frame * PAGE, count * PAGE);
}

/* The window is the last eighth; some memory is not there. */
static void make_memory(struct model *model)
{
	uint64_t window = FRAMES - FRAMES / 8, hole = random_below(model->random, (size_t)window);

	span_set_add(&model->ram, frame_span(0, FRAMES));
	span_set_add(&model->note.memory, frame_span(1, window - 1));
	span_set_remove(&model->note.memory, frame_span(hole, random_below(model->random, 9)));
	span_set_add(&model->note.window, frame_span(window, FRAMES - window));
	span_set_add(&model->taken, frame_span(window + random_below(model->random, 8), random_below(model->random, 6)));
	model->note.fixed.free_pages = (uint32_t)random_below(model->random, 3);
}

static void make_snapshot(struct model *model, size_t percent)
{
	for (uint64_t frame = 0; frame < FRAMES; frame++) {
		bool inside = span_set_contains(&model->note.memory, frame_span(frame, 1));
		size_t dice = random_below(model->random, 100);

		model->wanted[frame] = !inside || dice >= percent ? FREE : dice % 8 ? DATA : ZERO;
		if (model->wanted[frame] != FREE)
			placement_want(&model->placement, frame_span(frame, 1), model->wanted[frame] == ZERO);
	}
}

/* Some of the machine's pages, in any order. */
static void make_pool(struct model *model, size_t percent)
{
	struct page_pool *pool = &model->placement.pool;

	pool->frames = xcalloc(FRAMES, sizeof(*pool->frames));
	for (uint32_t frame = 1; frame < FRAMES; frame++)
		if (random_below(model->random, 100) < percent)
			pool->frames[pool->page_count++] = frame;
	for (size_t i = 0; i < pool->page_count; i += 1 + random_below(model->random, 4)) {
		size_t other = random_below(model->random, pool->page_count);
		uint32_t frame = pool->frames[i];

		pool->frames[i] = pool->frames[other];
		pool->frames[other] = frame;
	}
	pool->data = xcalloc(FRAMES, PAGE);
}

static void write_snapshot(struct model *model)
{
	for (uint64_t frame = 0; frame < FRAMES; frame++) {
		uint64_t room;

		if (model->wanted[frame] != DATA)
			continue;
		memset(placement_at(&model->placement, frame * PAGE, &room), (int)(frame % 251), PAGE);
	}
}

static bool is_compared(const struct placement *placement, uint64_t address)
{
	for (size_t i = 0; i < placement->copy_count; i++)
		if (address - placement->copies[i].from < placement->copies[i].size_bytes)
			return true;
	return false;
}

/* What could happen unnoticed between loading and the jump. */
static void change_others(struct model *model)
{
	for (size_t frame = 0; frame < FRAMES; frame++)
		if (!is_compared(&model->placement, frame * PAGE))
			memset(model->memory + frame * PAGE, 0x99, PAGE);
}

/* What the machine does: segments are loaded, then the program runs. */
static void run_machine(struct model *model)
{
	const struct placement *placement = &model->placement;

	memset(model->memory, 0x55, FRAMES * PAGE);
	for (size_t i = 0; i < placement->pool.page_count; i++)
		memcpy(model->memory + placement->pool.frames[i] * PAGE, placement->pool.data + i * PAGE, PAGE);
	if (placement->compares_all)
		change_others(model);
	for (size_t i = 0; i < model->taken.count; i++)
		memset(model->memory + model->taken.items[i].start, 0xee, (size_t)span_size(model->taken.items[i]));
	for (size_t i = 0; i < placement->copy_count; i++)
		memmove(model->memory + placement->copies[i].to, model->memory + placement->copies[i].from,
		       (size_t)placement->copies[i].size_bytes);
	for (size_t i = 0; i < placement->fill_count; i++)
		memset(model->memory + placement->fills[i].to, (int)placement->fills[i].byte,
		       (size_t)placement->fills[i].size_bytes);
}

static bool page_contains(const struct model *model, uint64_t frame, int byte)
{
	const uint8_t *page = model->memory + frame * PAGE;

	return page[0] == byte && !memcmp(page, page + 1, PAGE - 1);
}

/* The first page frame that is wrong; FRAMES if there is none. */
static uint64_t find_wrong(const struct model *model)
{
	uint32_t free_pages = model->note.fixed.free_pages;

	for (uint64_t frame = 0; frame < FRAMES; frame++) {
		int byte = model->wanted[frame] == DATA ? (int)(frame % 251) : 0;

		if (!span_set_contains(&model->note.memory, frame_span(frame, 1)))
			continue;
		if (model->wanted[frame] == FREE && free_pages == KJUMP_FREE_ANY)
			continue;
		if (model->wanted[frame] == FREE && free_pages == KJUMP_FREE_POISON)
			byte = 0xaa;
		if (!page_contains(model, frame, byte))
			return frame;
	}
	return FRAMES;
}

static void model_deinit(struct model *model)
{
	/* The pool is of the heap here. */
	free(model->placement.pool.data);
	model->placement.pool.data = NULL;
	placement_deinit(&model->placement);
	jump_note_deinit(&model->note);
	span_set_deinit(&model->ram);
	span_set_deinit(&model->taken);
	free(model->memory);
}

enum outcome { REFUSED, WRONG, RIGHT };

static enum outcome run_round(struct random *random, bool compares_all)
{
	struct model model = { .random = random, .memory = xcalloc(FRAMES, PAGE) };
	size_t used = random_below(random, 100), had = random_below(random, 100);
	enum outcome outcome = REFUSED;

	make_memory(&model);
	placement_init(&model.placement, &model.note, &model.ram, FRAMES * PAGE);
	model.placement.compares_all = compares_all;
	make_snapshot(&model, used);
	make_pool(&model, had);

	struct error *error = placement_account(&model.placement, 0);
	uint64_t limit = placement_piece_limit(&model.placement);

	if (!error)
		error = placement_assign(&model.placement, &model.taken);
	if (!error) {
		write_snapshot(&model);
		run_machine(&model);
		outcome = find_wrong(&model) == FRAMES ? RIGHT : WRONG;
		if (model.placement.copy_count + model.placement.fill_count > limit)
			outcome = WRONG;
	}
	error_free(error);
	model_deinit(&model);
	return outcome;
}

/* A 32-bit program cannot reach memory from 4 GiB on. */
static void test_reach(void)
{
	struct jump_note note = { 0 };
	struct span_set ram = { 0 };
	AUTO_PLACEMENT struct placement placement = { 0 };

	span_set_add(&note.memory, span_of(4096 * MIB, PAGE));
	placement_init(&placement, &note, &ram, 4096 * MIB);
	ok(error_contains(placement_take(&placement), "--method=window"), "memory that the program cannot address is refused");
	jump_note_deinit(&note);
}

int main(void)
{
	struct random random = { 20 };
	unsigned int count[3] = { 0 }, later[3] = { 0 };

	for (int i = 0; i < ROUNDS; i++)
		count[run_round(&random, false)]++;
	for (int i = 0; i < ROUNDS; i++)
		later[run_round(&random, true)]++;
	is_u64(count[WRONG], 0, "every page is in its place");
	is_u64(later[WRONG], 0, "with time before the jump: every page is in its place, or the program compares it");
	ok(later[RIGHT] > ROUNDS / 8, "with time before the jump: snapshots that fit were placed");
	ok(count[RIGHT] > ROUNDS / 8, "snapshots that fit were placed");
	ok(count[REFUSED] > ROUNDS / 8, "snapshots that do not fit were refused");
	test_reach();
	return tap_done();
}
