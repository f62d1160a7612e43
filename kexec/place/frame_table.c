/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/place/frame_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/base/alloc.h"

/* Numbers in a page of the table. */
#define NUMBERS_AT_ONCE (PAGE_SIZE_BYTES / sizeof(uint32_t))

uint32_t *sparse_numbers(size_t count)
{
	uint32_t *numbers = xcalloc(count + 1, sizeof(*numbers));
	uintptr_t start = (uintptr_t)address_align_up((uintptr_t)numbers, PAGE_SIZE_BYTES);
	uintptr_t end = (uintptr_t)address_align_down((uintptr_t)(numbers + count), PAGE_SIZE_BYTES);

	/* Best effort: a huge page would be taken for a single number. */
	if (start < end)
		madvise((void *)start, end - start, MADV_NOHUGEPAGE);
	return numbers;
}

void frame_table_init(struct frame_table *table, const struct span_set *one, const struct span_set *other)
{
	*table = (struct frame_table){ 0 };
	span_set_copy(&table->memory, one);
	span_set_add_set(&table->memory, other);
	span_set_pages_outward(&table->memory);
	table->first = xcalloc(table->memory.count + 1, sizeof(*table->first));
	for (size_t i = 0; i < table->memory.count; i++) {
		table->first[i] = table->count;
		table->count += span_size(table->memory.items[i]) / PAGE_SIZE_BYTES;
	}
	table->numbers = sparse_numbers((size_t)table->count);
}

void frame_table_deinit(struct frame_table *table)
{
	span_set_deinit(&table->memory);
	free(table->first);
	free(table->numbers);
	*table = (struct frame_table){ 0 };
}

/* The index of the first span that ends behind this address; the count of spans if none does. */
static size_t find_span(const struct span_set *memory, uint64_t address)
{
	size_t low = 0, high = memory->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memory->items[middle].end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

uint32_t *frame_table_find(const struct frame_table *table, uint64_t frame, uint64_t *ret_run)
{
	uint64_t address = frame * PAGE_SIZE_BYTES;
	size_t i = find_span(&table->memory, address);

	if (i == table->memory.count || table->memory.items[i].start > address)
		return NULL;
	*ret_run = (table->memory.items[i].end - address) / PAGE_SIZE_BYTES;
	return table->numbers + table->first[i] + (address - table->memory.items[i].start) / PAGE_SIZE_BYTES;
}

uint64_t frame_table_next(const struct frame_table *table, uint64_t frame)
{
	size_t i = find_span(&table->memory, frame * PAGE_SIZE_BYTES);

	if (i == table->memory.count)
		return UINT64_MAX;

	uint64_t start = table->memory.items[i].start / PAGE_SIZE_BYTES;

	return start > frame ? start : frame;
}

uint64_t frame_table_unused_bytes(const struct frame_table *table)
{
	static const uint32_t zeros[NUMBERS_AT_ONCE];
	uint64_t bytes = 0;

	for (uint64_t at = 0; at < table->count; at += NUMBERS_AT_ONCE) {
		uint64_t left = table->count - at, now = left < NUMBERS_AT_ONCE ? left : NUMBERS_AT_ONCE;

		if (!memcmp(table->numbers + at, zeros, (size_t)now * sizeof(*zeros)))
			bytes += PAGE_SIZE_BYTES;
	}
	return bytes;
}
