/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/core_segments.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"

/* Up to so many are kept: all of a running kernel's, whose table may change while it is read. */
#define KEPT_COUNT 1024

/* Segments of a block: fewer than fit into a window. */
#define BLOCK_COUNT 64

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Fills the window with entries from `number` on. */
static struct error *read_window(struct core_segments *at, size_t number)
{
	const struct core_table *table = &at->core->table;
	size_t count = min_size(sizeof(at->window) / table->entry_bytes, at->core->elf.segment_count - number);

	at->window_count = 0;
	struct error *error = NULL;

	if (table->in_memory)
		memcpy(at->window, table->in_memory + number * table->entry_bytes, count * table->entry_bytes);
	else
		error = core_file_read(at->core, table->offset + (uint64_t)number * table->entry_bytes, at->window,
				       count * table->entry_bytes);

	if (error)
		return error;
	at->window_first = number;
	at->window_count = count;
	return NULL;
}

static struct error *get(struct core_segments *at, size_t number, struct elf_segment *ret_segment)
{
	const struct core_table *table = &at->core->table;
	struct error *error = NULL;

	if (at->core->elf.segments) {
		*ret_segment = at->core->elf.segments[number];
		return NULL;
	}
	if (number < at->window_first || number - at->window_first >= at->window_count)
		error = read_window(at, number);
	if (error)
		return error;
	return table->parse(at->core, at->window + (number - at->window_first) * table->entry_bytes, number, ret_segment);
}

struct error *core_segments_next(struct core_segments *at, struct elf_segment *ret_segment)
{
	struct error *error = NULL;

	*ret_segment = (struct elf_segment){ .type = PT_NULL };
	while (!error && ret_segment->type == PT_NULL && at->next < at->core->elf.segment_count)
		error = get(at, at->next++, ret_segment);
	return error;
}

static bool may_show(const struct core_block *block, uint64_t address)
{
	return (address >= block->phys && address <= block->phys_last) ||
	       (address >= block->linear && address <= block->linear_last);
}

struct error *core_segments_next_near(struct core_segments *at, uint64_t address, struct elf_segment *ret_segment)
{
	const struct core_block *blocks = at->core->survey.blocks;

	while (blocks && at->next < at->core->elf.segment_count && at->next % BLOCK_COUNT == 0 &&
	       !may_show(&blocks[at->next / BLOCK_COUNT], address))
		at->next += BLOCK_COUNT;
	return core_segments_next(at, ret_segment);
}

struct error *core_segments_next_by_address(struct core_segments *at, struct elf_segment *ret_segment)
{
	const struct core_survey *survey = &at->core->survey;
	struct error *error;

	if (survey->order && at->next < survey->direct_count)
		return get(at, survey->order[at->next++], ret_segment);
	if (survey->order) {
		*ret_segment = (struct elf_segment){ .type = PT_NULL };
		return NULL;
	}
	do
		error = core_segments_next(at, ret_segment);
	while (!error && ret_segment->type != PT_NULL && !core_segment_is_direct(at->core, ret_segment));
	return error;
}

static int by_address(const void *a, const void *b, void *context)
{
	const uint32_t *left = a, *right = b;
	const uint64_t *addresses = context;

	if (addresses[*left] != addresses[*right])
		return addresses[*left] > addresses[*right] ? 1 : -1;
	return (*left > *right) - (*left < *right);
}

static struct error *make_order(struct core_file *core)
{
	AUTO_FREE uint64_t *addresses = xcalloc(core->elf.segment_count, sizeof(*addresses));
	AUTO_FREE uint32_t *order = xcalloc(core->survey.direct_count, sizeof(*order));
	struct core_segments at = { .core = core };
	size_t count = 0;

	for (size_t number = 0; number < core->elf.segment_count; number++) {
		struct elf_segment segment;
		struct error *error = get(&at, number, &segment);

		if (error)
			return error;
		addresses[number] = segment.paddr;
		if (core_segment_is_direct(core, &segment) && count < core->survey.direct_count)
			order[count++] = (uint32_t)number;
	}
	qsort_r(order, count, sizeof(*order), by_address, addresses);
	core->survey.direct_count = count;
	core->survey.order = TAKE_PTR(order);
	return NULL;
}

static uint64_t last_of(uint64_t start, uint64_t size)
{
	return size - 1 > UINT64_MAX - start ? UINT64_MAX : start + (size - 1);
}

static void widen(uint64_t start, uint64_t size, uint64_t *first, uint64_t *last)
{
	*first = start < *first ? start : *first;
	*last = last_of(start, size) > *last ? last_of(start, size) : *last;
}

/* Adds a segment to its block: the last one, or a new one. */
static void survey_block(struct core_survey *survey, size_t number, bool has_phys, const struct elf_segment *segment)
{
	uint64_t size = segment->memory_size ? segment->memory_size : segment->file_size;
	struct core_block *block;

	if (number % BLOCK_COUNT == 0) {
		survey->blocks = xgrow(survey->blocks, &survey->block_capacity, number / BLOCK_COUNT + 1,
				       sizeof(*survey->blocks));
		survey->blocks[number / BLOCK_COUNT] =
			(struct core_block){ .phys = UINT64_MAX, .linear = UINT64_MAX };
	}
	block = &survey->blocks[number / BLOCK_COUNT];
	if (has_phys && size)
		widen(segment->paddr, size, &block->phys, &block->phys_last);
	if (has_phys && size && segment->vaddr != ELF_NO_ADDRESS)
		widen(segment->vaddr, size, &block->linear, &block->linear_last);
}

/* False if the segment belongs to the direct map and lies below the previous one. */
static bool survey_segment(struct core_file *core, const struct elf_segment *segment, uint64_t *last)
{
	struct core_survey *survey = &core->survey;
	uint64_t before = *last;

	if (!survey->text.type && core_segment_is_text(core, segment))
		survey->text = *segment;
	if (!core_segment_is_direct(core, segment))
		return true;
	survey->direct_count++;
	if (segment->memory_size && segment->paddr + segment->memory_size > survey->direct_end)
		survey->direct_end = segment->paddr + segment->memory_size;
	if (!span_is_empty(core_segment_absent(segment)))
		survey->has_absent = true;
	*last = segment->paddr;
	return segment->paddr >= before;
}

struct error *core_segments_survey(struct core_file *core)
{
	size_t count = core->elf.segment_count;
	AUTO_FREE struct elf_segment *kept = count <= KEPT_COUNT ? xcalloc(count, sizeof(*kept)) : NULL;
	struct core_segments at = { .core = core };
	uint64_t last = 0;
	bool is_ordered = true;

	core->survey = (struct core_survey){ 0 };
	for (size_t number = 0; number < count; number++) {
		struct elf_segment segment;
		struct error *error = get(&at, number, &segment);

		if (error)
			return error;
		is_ordered &= survey_segment(core, &segment, &last);
		if (kept)
			kept[number] = segment;
		else
			survey_block(&core->survey, number, core_segment_has_phys(core, &segment), &segment);
	}
	core->elf.segments = TAKE_PTR(kept);
	return is_ordered ? NULL : make_order(core);
}
