/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/iomem; the promises of memmap.h and span.h are checked on what comes out. */
#include "lib/base/alloc.h"
#include "lib/machine/memmap.h"
#include "tests/fuzz/fuzz.h"

static void check_map(const struct memmap *map)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct memmap_entry *entry = &map->entries[i], *next = entry + 1;

		REQUIRE(entry->span.start < entry->span.end && entry->span.end <= SPAN_ADDRESS_END);
		REQUIRE(entry->type != MEMORY_NONE && *memory_type_name(entry->type));
		if (i + 1 == map->count)
			break;
		REQUIRE(entry->span.end <= next->span.start);
		REQUIRE(entry->span.end < next->span.start || entry->type != next->type ||
			entry->type == MEMORY_PERSISTENT_LEGACY || entry->type == MEMORY_SOFT_RESERVED);
	}
}

static void check_set(const struct span_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		REQUIRE(set->items[i].start < set->items[i].end && set->items[i].end <= SPAN_ADDRESS_END);
		REQUIRE(i + 1 == set->count || set->items[i].end < set->items[i + 1].start);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = fuzz_text(data, size);
	AUTO_SPAN_SET struct span_set ram = { 0 };
	struct iomem iomem = { 0 };

	struct error *error = iomem_parse(text, &iomem);
	if (!error) {
		check_map(&iomem.map);
		check_set(&iomem.kernel_image);
		check_set(&iomem.crash_kernel);
		check_set(&iomem.driver_managed);
		memmap_collect(&iomem.map, MEMORY_RAM, &ram);
		check_set(&ram);
		REQUIRE(ram.count);
	}
	REQUIRE(!error || !iomem.map.entries);
	error_free(error);
	iomem_deinit(&iomem);
	return 0;
}
