/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of a snapshot's parts: those that are taken lie in the device, apart from each other; written, they are the same. */
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/disk/storage_map.h"
#include "tests/fuzz/fuzz.h"

#define OFFSET (UINT64_C(1) << 20)
#define DEVICE_BYTES (UINT64_C(1) << 40)

static void check(const struct extents *extents)
{
	AUTO_EXTENTS struct extents again = { 0 };
	AUTO_FREE uint8_t *map = storage_map_build(OFFSET, extents, NULL);
	uint64_t at = 0, offset, here, sum = 0;

	for (size_t i = 0; i < extents->count; i++) {
		const struct extent *extent = &extents->items[i];

		REQUIRE(extent->size_bytes && (extent->size_bytes | extent->offset) % EXTENT_ALIGN_BYTES == 0);
		REQUIRE(extent->offset < DEVICE_BYTES && extent->size_bytes <= DEVICE_BYTES - extent->offset);
		REQUIRE(extent->offset > OFFSET || extent->offset + extent->size_bytes <= OFFSET);
		sum += extent->size_bytes;
	}
	for (; (here = extents_find(extents, at, &offset)); at += here)
		REQUIRE(offset + here <= DEVICE_BYTES);
	REQUIRE(at == sum && sum == extents_bytes(extents));
	REQUIRE(!storage_map_parse((struct bytes){ map, (size_t)storage_map_bytes(extents->count) }, OFFSET, DEVICE_BYTES,
				   &again));
	REQUIRE(extents_equal(extents, &again));
}

static void try(struct bytes map)
{
	AUTO_EXTENTS struct extents extents = { 0 };
	struct error *error = storage_map_parse(map, OFFSET, DEVICE_BYTES, &extents);

	if (!error)
		check(&extents);
	REQUIRE(!error || !extents.count);
	error_free(error);
}

/* The input as a map; and as the list of a map, with the right digest. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_EXTENTS struct extents listed = { 0 };

	for (size_t i = 0; i + sizeof(struct extent) <= size; i += sizeof(struct extent)) {
		struct extent extent;

		memcpy(&extent, data + i, sizeof(extent));
		extents_add(&listed, extent);
	}
	AUTO_FREE uint8_t *map = storage_map_build(OFFSET, &listed, NULL);

	try((struct bytes){ data, size });
	try((struct bytes){ map, (size_t)storage_map_bytes(listed.count) });
	return 0;
}
