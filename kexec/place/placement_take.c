/* SPDX-License-Identifier: GPL-2.0-only */
/* How much memory a placement takes, and which: the kernel clears each page, and gives them away in its own order. */
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>

#include "kexec/place/placement.h"
#include "lib/base/sizes.h"
#include "lib/machine/machine.h"
#include "lib/machine/memory_cgroup.h"

#define STEP_PAGES (16 * MIB / PAGE_SIZE_BYTES)

/* The kernel clears a page that is taken. Content that is not in its place is read twice more, and copied. */
#define IN_PLACE_WORTH 3

/* Of four pages of a step so many lie in the window: the kernel gives the window away. */
#define MOST_OF_FOUR 3

/* Available memory that is left when a part of the window is set aside, besides what the pool leaves. */
#define ASIDE_SPARE_BYTES (64 * MIB)

/* A 32-bit program runs with paging off. */
static struct error *check_reach(const struct placement *placement)
{
	const struct span_set *memory = &placement->note->memory;
	uint64_t end = memory->count ? memory->items[memory->count - 1].end : 0;

	if (end <= placement->reach_end * PAGE_SIZE_BYTES)
		return NULL;
	return error_new("the snapshot has memory at 0x%" PRIx64 ", and a 32-bit kernel places nothing from 4 GiB on; use "
			 "--method=window", end - 1);
}

/* What has to be taken: the data's, and those in which none can wait, of the placing program and its lists. */
static uint64_t needed_pages(const struct placement *placement)
{
	return placement->data_pages + placement->data_pages / 64 + 4 * MIB / PAGE_SIZE_BYTES;
}

/* ---- the order in which the kernel gives memory away --------------------------- */

static struct span page_at(uint32_t frame)
{
	return span_of(frame * PAGE_SIZE_BYTES, PAGE_SIZE_BYTES);
}

/* The part of the snapshot's window above the pool's pages from `first` on, if most of these lie in the window. */
static uint64_t window_ahead(const struct placement *placement, size_t first)
{
	const struct span_set *window = &placement->note->window;
	const struct page_pool *pool = &placement->pool;
	AUTO_SPAN_SET struct span_set ahead = { 0 };
	size_t inside = 0;
	uint64_t end = 0;

	for (size_t page = first; page < pool->page_count; page++) {
		inside += span_set_contains(window, page_at(pool->frames[page]));
		end = page_at(pool->frames[page]).end > end ? page_at(pool->frames[page]).end : end;
	}
	if (inside * 4 < (pool->page_count - first) * MOST_OF_FOUR)
		return 0;
	span_set_copy(&ahead, window);
	span_set_keep(&ahead, (struct span){ end, SPAN_ADDRESS_END });
	return span_set_size(&ahead);
}

/* For a file in memory, uncleared, as nothing is read or written (mm/shmem.c, shmem_fallocate). Best effort. */
static void set_aside(struct placement *placement, uint64_t bytes)
{
	uint64_t available, needed = (needed_pages(placement) - placement->pool.page_count) * PAGE_SIZE_BYTES;
	struct error *error = machine_available_memory("/", &available);

	if (!error && memory_cgroup_room("/") == UINT64_MAX &&
	    available > needed + bytes + placement->pool.spare_bytes + ASIDE_SPARE_BYTES) {
		placement->aside = memfd_create("set aside", MFD_CLOEXEC) + 1;
		if (placement->aside && fallocate(placement->aside - 1, 0, 0, (off_t)bytes))
			placement_give_back(placement);
	}
	error_free(error);
}

/*
 * Where the kernel gives away the memory that was the saver's first, which is lowest, no content is in its place there:
 * the rest of the window is set aside.
 */
static struct error *pass_window(struct placement *placement)
{
	struct page_pool *pool = &placement->pool;
	struct error *error = NULL;
	uint64_t ahead = 0;

	for (int step = 0; !error && !ahead && step < 4 && pool->page_count + STEP_PAGES < placement->data_pages; step++) {
		size_t before = pool->page_count;

		error = page_pool_grow(pool, before + (size_t)STEP_PAGES);
		if (error || pool->page_count == before)
			return error;
		ahead = window_ahead(placement, before);
	}
	if (!error && ahead)
		set_aside(placement, ahead);
	return error;
}

/* ---- taking -------------------------------------------------------------------- */

/* Pages of the pool, from `first` on, whose content is the snapshot's. */
static uint64_t count_in_place(const struct placement *placement, size_t first)
{
	uint64_t count = 0;

	for (size_t page = first; page < placement->pool.page_count; page++)
		count += placement_wants(placement, placement->pool.frames[page]);
	return count;
}

/* More than there must be, as long as much of it has its content in place. */
static struct error *take_while_worth(struct placement *placement)
{
	uint64_t away = placement->data_pages - count_in_place(placement, 0);

	while (away >= STEP_PAGES) {
		size_t before = placement->pool.page_count;
		/* Few steps, also in a large machine. */
		uint64_t step = away / 16 > STEP_PAGES ? away / 16 : STEP_PAGES;
		bool more;
		struct error *error = placement_take_more(placement, step, &more);
		uint64_t in_place = error ? 0 : count_in_place(placement, before);

		if (error || in_place * IN_PLACE_WORTH < step)
			return error;
		away -= in_place;
	}
	return NULL;
}

struct error *placement_take(struct placement *placement)
{
	uint64_t limit = placement->ram_pages < PLACEMENT_PAGES_MAX ? placement->ram_pages : PLACEMENT_PAGES_MAX;
	struct error *error = check_reach(placement);

	if (error)
		return error;
	error = page_pool_init(&placement->pool, (size_t)limit, true);
	if (error)
		return error;
	/* Memory that was not written to is counted as available, and the pool may take all that is. */
	placement->pool.spare_bytes += frame_table_unused_bytes(&placement->pages);
	error = pass_window(placement);
	if (!error)
		error = page_pool_grow(&placement->pool, (size_t)needed_pages(placement));
	if (!error)
		error = placement_account(placement, 0);
	return error ? error : take_while_worth(placement);
}

struct error *placement_take_more(struct placement *placement, uint64_t page_count, bool *ret_more)
{
	size_t before = placement->pool.page_count;
	struct error *error = page_pool_grow(&placement->pool, (size_t)(before + page_count));

	if (!error && placement->aside && placement->pool.page_count == before) {
		placement_give_back(placement);
		error = page_pool_grow(&placement->pool, (size_t)(before + page_count));
	}
	*ret_more = placement->pool.page_count > before;
	return error ? error : placement_account(placement, before);
}
