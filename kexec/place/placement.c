/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/place/placement.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "lib/machine/memory_cgroup.h"
#include "purgatory/xxh64.h"

/* The most adjacent pages that placement_at returns at once. */
#define ROOM_PAGES_MAX 512

/* An entry of `pages`: 1 + the page of the pool for the content, 0 if there is none yet; and what the snapshot has. */
#define PAGE_DATA (UINT32_C(1) << 31)
#define PAGE_ZERO (UINT32_C(1) << 30)
#define PAGE_NUMBER PLACEMENT_PAGES_MAX
_Static_assert(PAGE_NUMBER == PAGE_ZERO - 1, "the number has the other bits");

/* 0 where there is no memory. */
static uint32_t entry_of(const struct placement *placement, uint64_t frame)
{
	uint64_t run;
	const uint32_t *entry = frame_table_find(&placement->pages, frame, &run);

	return entry ? *entry : 0;
}

static bool is_data(const struct placement *placement, uint64_t frame)
{
	return entry_of(placement, frame) & PAGE_DATA;
}

static uint32_t page_number(const struct placement *placement, uint64_t frame)
{
	return entry_of(placement, frame) & PAGE_NUMBER;
}

/* False: there is no such memory. */
static bool set_page_number(struct placement *placement, uint64_t frame, uint32_t number)
{
	uint64_t run;
	uint32_t *entry = frame_table_find(&placement->pages, frame, &run);

	if (entry)
		*entry = (*entry & ~PAGE_NUMBER) | number;
	return entry;
}

static uint64_t frame_of(uint64_t address)
{
	return address / PAGE_SIZE_BYTES;
}

void placement_init(struct placement *placement, const struct jump_note *note, const struct span_set *ram,
		    uint64_t address_end)
{
	*placement = (struct placement){ .note = note, .ram_pages = span_set_size(ram) / PAGE_SIZE_BYTES,
					  .reach_end = frame_of(address_end) };
	frame_table_init(&placement->pages, ram, &note->memory);
}

void placement_give_back(struct placement *placement)
{
	if (placement->aside)
		close(placement->aside - 1);
	placement->aside = 0;
}

void placement_deinit(struct placement *placement)
{
	placement_give_back(placement);
	owner_page_release(&placement->owner);
	page_pool_release(&placement->pool);
	frame_table_deinit(&placement->pages);
	free(placement->copies);
	free(placement->fills);
	*placement = (struct placement){ 0 };
}

void placement_want(struct placement *placement, struct span memory, bool is_zero)
{
	const uint64_t end = frame_of(memory.end);
	uint64_t frame = frame_table_next(&placement->pages, frame_of(memory.start)), run;

	for (; frame < end; frame = frame_table_next(&placement->pages, frame + run)) {
		uint32_t *entry = frame_table_find(&placement->pages, frame, &run);

		for (uint64_t i = 0; i < run && frame + i < end; i++)
			entry[i] |= is_zero ? PAGE_ZERO : PAGE_DATA;
	}
	if (!is_zero)
		placement->data_pages += frame_of(memory.end) - frame_of(memory.start);
}

bool placement_wants(const struct placement *placement, uint64_t frame)
{
	return is_data(placement, frame);
}

struct error *placement_account(struct placement *placement, size_t first)
{
	for (size_t page = first; page < placement->pool.page_count; page++) {
		uint32_t frame = placement->pool.frames[page];

		if (!set_page_number(placement, frame, (uint32_t)page + 1))
			return error_new("the kernel has memory at 0x%" PRIx64 ", which is not in /proc/iomem",
					 (uint64_t)frame * PAGE_SIZE_BYTES);
	}
	if (placement->pool.page_count >= placement->data_pages)
		return NULL;
	AUTO_FREE char *needed = size_text(placement->data_pages * PAGE_SIZE_BYTES);
	AUTO_FREE char *there = size_text(placement->pool.page_count * PAGE_SIZE_BYTES);

	return error_new("the snapshot needs %s, and this kernel can spare %s%s", needed, there, memory_cgroup_text("/"));
}

/* The required byte in a page that is not in the snapshot, or -1 if its content does not matter. */
static int wanted_byte(const struct placement *placement, uint32_t entry)
{
	if (entry & PAGE_ZERO)
		return 0;
	switch (placement->note->fixed.free_pages) {
	case KJUMP_FREE_ZERO:
		return 0;
	case KJUMP_FREE_POISON:
		return KJUMP_POISON_BYTE;
	}
	return -1;
}

/* Calls `act` with every page frame of the note's memory and its entry, in order. */
static void each_frame(struct placement *placement,
		       void (*act)(struct placement *placement, uint64_t frame, uint32_t *entry, void *context), void *context)
{
	const struct span_set *memory = &placement->note->memory;

	for (size_t i = 0; i < memory->count; i++) {
		uint64_t frame = frame_of(memory->items[i].start), end = frame_of(memory->items[i].end), run;

		while (frame < end) {
			uint32_t *entry = frame_table_find(&placement->pages, frame, &run);

			/* The table has the note's memory. */
			assert(entry);
			for (; run && frame < end; run--, frame++)
				act(placement, frame, entry++, context);
		}
	}
}

/* Counts a piece for each page with data, and for each run of pages that are filled. */
static void count_pieces(struct placement *placement, uint64_t frame, uint32_t *entry, void *context)
{
	uint64_t *count = context;
	int byte = wanted_byte(placement, *entry);

	if (*entry & PAGE_DATA) {
		*count += 1;
	} else if (byte >= 0) {
		uint32_t before = frame ? entry_of(placement, frame - 1) : PAGE_DATA;

		*count += before & PAGE_DATA || wanted_byte(placement, before) != byte;
	}
}

/* What decides whether a page continues the run of the one before: its content, and whether it is in the pool. */
static uint32_t run_key(uint32_t entry)
{
	return (entry & ~PAGE_NUMBER) | ((entry & PAGE_NUMBER) != 0);
}

static uint64_t count_runs(const struct placement *placement)
{
	const struct frame_table *pages = &placement->pages;
	/* And one begins with each span of memory. */
	uint64_t runs = placement->note->memory.count + pages->memory.count + 1;

	for (uint64_t i = 1; i < pages->count; i++)
		runs += run_key(pages->numbers[i]) != run_key(pages->numbers[i - 1]);
	return runs;
}

/* Runs of spare pages that the program's own memory divides. */
#define DIVIDED_RUNS 64

uint64_t placement_piece_limit(const struct placement *placement)
{
	uint64_t pieces = 0;

	/*
	 * A copy ends where the run of its pages or that of the spare pages ends; a fill where its run does. Runs of
	 * spare pages that are used up to a page have two parts. One more is the owner's page. Pages in place that are
	 * compared are runs of their own. Before there is a pool, each page may be such a run.
	 */
	if (!placement->compares_all || placement->pool.page_count)
		return 3 * count_runs(placement) + DIVIDED_RUNS + 1;
	each_frame((struct placement *)placement, count_pieces, &pieces);
	/* A run ends where memory does. */
	return pieces + placement->note->memory.count + 1;
}

/* The first copy is none, but the comparison of this process's own page, where the program can address it. */
static bool is_owner(const struct placement *placement, const struct place_copy *copy)
{
	uint64_t address = owner_page_address(&placement->owner);

	return copy == placement->copies && address && frame_of(address) < placement->reach_end &&
	       copy->from == address && copy->to == address;
}

static void add_copy(struct placement *placement, uint64_t to, uint64_t from)
{
	struct place_copy *last = placement->copy_count ? &placement->copies[placement->copy_count - 1] : NULL;

	if (last && !is_owner(placement, last) && last->to + last->size_bytes == to &&
	    last->from + last->size_bytes == from) {
		last->size_bytes += PAGE_SIZE_BYTES;
		return;
	}
	placement->copies = xgrow(placement->copies, &placement->copy_capacity, placement->copy_count + 1,
				  sizeof(*placement->copies));
	placement->copies[placement->copy_count++] = (struct place_copy){ to, from, PAGE_SIZE_BYTES };
}

static void add_owner(struct placement *placement)
{
	uint64_t address = owner_page_address(&placement->owner);

	if (address && frame_of(address) < placement->reach_end)
		add_copy(placement, address, address);
}

static void add_fill(struct placement *placement, uint64_t to, uint64_t byte)
{
	struct place_fill *last = placement->fill_count ? &placement->fills[placement->fill_count - 1] : NULL;

	if (last && last->to + last->size_bytes == to && last->byte == byte) {
		last->size_bytes += PAGE_SIZE_BYTES;
		return;
	}
	placement->fills = xgrow(placement->fills, &placement->fill_capacity, placement->fill_count + 1,
				 sizeof(*placement->fills));
	placement->fills[placement->fill_count++] = (struct place_fill){ to, PAGE_SIZE_BYTES, byte };
}

/* A search for spare pages: pages of the pool that are not in the snapshot, in order of address. */
struct spares {
	const struct span_set *taken;
	uint64_t next_frame, end;
};

static bool is_spare(const struct placement *placement, const struct spares *spares, uint64_t frame)
{
	return page_number(placement, frame) && !is_data(placement, frame) &&
	       !span_set_overlaps(spares->taken, span_of(frame * PAGE_SIZE_BYTES, PAGE_SIZE_BYTES));
}

static struct spares spares_of(const struct placement *placement, const struct span_set *taken)
{
	return (struct spares){ .taken = taken, .end = placement->reach_end };
}

uint64_t placement_lacking(const struct placement *placement, const struct span_set *taken)
{
	struct spares spares = spares_of(placement, taken);
	uint64_t found = 0;

	for (uint64_t frame = 0, run; (frame = frame_table_next(&placement->pages, frame)) != UINT64_MAX; frame += run) {
		const uint32_t *entry = frame_table_find(&placement->pages, frame, &run);

		for (uint64_t i = 0; i < run; i++)
			if (entry[i] & PAGE_NUMBER)
				found += entry[i] & PAGE_DATA ||
					 (frame + i < spares.end && is_spare(placement, &spares, frame + i));
	}
	return placement->data_pages > found ? placement->data_pages - found : 0;
}

/* There are spare pages enough: placement_lacking. */
static void place_data(struct placement *placement, uint64_t frame, uint32_t *entry, void *context)
{
	struct spares *spares = context;

	if (!(*entry & PAGE_DATA))
		return;
	if (*entry & PAGE_NUMBER) {
		if (placement->compares_all)
			add_copy(placement, frame * PAGE_SIZE_BYTES, frame * PAGE_SIZE_BYTES);
		return;
	}
	while (!is_spare(placement, spares, spares->next_frame))
		spares->next_frame = frame_table_next(&placement->pages, spares->next_frame + 1);
	*entry |= page_number(placement, spares->next_frame);
	add_copy(placement, frame * PAGE_SIZE_BYTES, spares->next_frame * PAGE_SIZE_BYTES);
	spares->next_frame++;
}

/* Spare pages are taken in ascending order, so those below spares->next_frame are in use. */
static void fill_page(struct placement *placement, uint64_t frame, uint32_t *entry, void *context)
{
	const struct spares *spares = context;
	int byte = wanted_byte(placement, *entry);
	uint32_t page = *entry & PAGE_NUMBER;

	if (byte < 0 || *entry & PAGE_DATA)
		return;
	if (!page || frame < spares->next_frame || placement->compares_all)
		add_fill(placement, frame * PAGE_SIZE_BYTES, (uint64_t)byte);
	else if (byte)
		memset(placement->pool.data + (page - 1) * (size_t)PAGE_SIZE_BYTES, byte, (size_t)PAGE_SIZE_BYTES);
}

struct error *placement_assign(struct placement *placement, const struct span_set *taken)
{
	struct spares spares = spares_of(placement, taken);
	uint64_t lacking = placement_lacking(placement, taken);

	if (lacking) {
		AUTO_FREE char *size = size_text(lacking * PAGE_SIZE_BYTES);

		return error_new("%s of memory are lacking in which pages could wait that belong where this kernel lies", size);
	}
	placement->copy_count = placement->fill_count = 0;
	add_owner(placement);
	each_frame(placement, place_data, &spares);
	each_frame(placement, fill_page, &spares);
	return NULL;
}

uint8_t *placement_at(const struct placement *placement, uint64_t address, uint64_t *ret_room_bytes)
{
	uint64_t within = address % PAGE_SIZE_BYTES, count = 1, run;
	const uint32_t *entry = frame_table_find(&placement->pages, frame_of(address), &run);
	uint32_t page;

	if (!entry || !(*entry & PAGE_DATA))
		return NULL;
	page = *entry & PAGE_NUMBER;
	while (count < ROOM_PAGES_MAX && count < run && (entry[count] & PAGE_NUMBER) == page + count)
		count++;
	*ret_room_bytes = count * PAGE_SIZE_BYTES - within;
	return placement->pool.data + (page - 1) * (size_t)PAGE_SIZE_BYTES + within;
}

uint64_t placement_copy_bytes(const struct placement *placement)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < placement->copy_count; i++)
		bytes += placement->copies[i].size_bytes;
	return bytes;
}

uint64_t placement_digest(const struct placement *placement)
{
	struct xxh64 all;

	xxh64_init(&all);
	for (size_t i = 0; i < placement->copy_count; i++) {
		const struct place_copy *copy = &placement->copies[i];

		if (is_owner(placement, copy)) {
			xxh64_update(&all, placement->owner.page.data, (size_t)copy->size_bytes);
			continue;
		}
		for (uint64_t done = 0, room; done < copy->size_bytes; done += room) {
			const uint8_t *data = placement_at(placement, copy->to + done, &room);

			/* Only wanted pages are copied. */
			assert(data);
			if (room > copy->size_bytes - done)
				room = copy->size_bytes - done;
			xxh64_update(&all, data, (size_t)room);
		}
	}
	return xxh64_value(&all);
}
