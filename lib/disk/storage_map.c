/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/storage_map.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "lib/base/alloc.h"

_Static_assert(EXTENT_ALIGN_BYTES == STORAGE_BLOCK_BYTES, "parts are whole blocks");

static uint64_t digest_of(const struct storage_map *map, const void *extents, size_t size)
{
	XXH3_state_t *state = xaligned(64, sizeof(*state));

	XXH3_64bits_reset(state);
	XXH3_64bits_update(state, map, offsetof(struct storage_map, digest));
	XXH3_64bits_update(state, extents, size);

	uint64_t digest = XXH3_64bits_digest(state);

	free(state);
	return digest;
}

uint64_t storage_map_bytes(size_t count)
{
	uint64_t size = sizeof(struct storage_map) + (uint64_t)count * sizeof(struct storage_map_extent);

	return (size + STORAGE_BLOCK_BYTES - 1) / STORAGE_BLOCK_BYTES * STORAGE_BLOCK_BYTES;
}

static bool has_magic(const struct storage_map *map)
{
	return !memcmp(map->magic, STORAGE_MAP_MAGIC, sizeof(map->magic));
}

bool storage_map_probe(struct bytes block, uint32_t *ret_map_bytes)
{
	struct storage_map map;

	if (block.size < sizeof(map))
		return false;
	memcpy(&map, block.data, sizeof(map));
	if (!has_magic(&map) || !map.map_bytes || map.map_bytes % STORAGE_BLOCK_BYTES ||
	    map.map_bytes > STORAGE_MAP_MAX_BYTES)
		return false;
	*ret_map_bytes = map.map_bytes;
	return true;
}

/* Errors of the fields; *ret_map is the header then. */
static struct error *read_header(struct bytes bytes, uint64_t offset, struct storage_map *ret_map)
{
	struct storage_map map;
	uint32_t size;

	if (!storage_map_probe(bytes, &size) || size > bytes.size)
		return error_new("there is no map of a snapshot's parts");
	memcpy(&map, bytes.data, sizeof(map));
	if (map.version != STORAGE_MAP_VERSION)
		return error_new("the map of the snapshot's parts has version %" PRIu32 ", and this program knows %u: "
				 "\"khibernate setup\" makes it anew", map.version, STORAGE_MAP_VERSION);
	if (!map.extent_count || map.extent_count > (size - sizeof(map)) / sizeof(struct storage_map_extent) ||
	    storage_map_bytes((size_t)map.extent_count) != size ||
	    map.digest != digest_of(&map, bytes.data + sizeof(map),
				    (size_t)map.extent_count * sizeof(struct storage_map_extent)))
		return error_new("the map of the snapshot's parts is damaged");
	if (map.offset != offset)
		return error_new("the map of the snapshot's parts is a copy: it was made for offset %" PRIu64, map.offset);
	*ret_map = map;
	return NULL;
}

static int by_offset(const void *a, const void *b)
{
	const struct extent *first = a, *second = b;

	return (first->offset > second->offset) - (first->offset < second->offset);
}

/* `extents` and the map itself, which ends at `map_end`. */
static bool lie_apart(const struct extents *extents, struct extent map)
{
	AUTO_FREE struct extent *sorted = xcalloc(extents->count + 1, sizeof(*sorted));
	bool good = true;

	memcpy(sorted, extents->items, extents->count * sizeof(*sorted));
	sorted[extents->count] = map;
	qsort(sorted, extents->count + 1, sizeof(*sorted), by_offset);
	for (size_t i = 0; i < extents->count; i++)
		good &= sorted[i].size_bytes <= sorted[i + 1].offset - sorted[i].offset;
	return good;
}

static bool is_within(const struct storage_map_extent *extent, uint64_t device_bytes)
{
	return extent->size_bytes && (extent->size_bytes | extent->offset) % STORAGE_BLOCK_BYTES == 0 &&
	       extent->offset <= device_bytes && extent->size_bytes <= device_bytes - extent->offset;
}

struct error *storage_map_parse(struct bytes bytes, uint64_t offset, uint64_t device_bytes, struct extents *ret_extents)
{
	AUTO_EXTENTS struct extents extents = { 0 };
	struct storage_map map;
	struct error *error = read_header(bytes, offset, &map);
	bool good = true;

	for (uint64_t i = 0; !error && good && i < map.extent_count; i++) {
		struct storage_map_extent extent;

		memcpy(&extent, bytes.data + sizeof(map) + i * sizeof(extent), sizeof(extent));
		good = is_within(&extent, device_bytes);
		if (good)
			extents_add(&extents, (struct extent){ extent.offset, extent.size_bytes });
	}
	if (!error && (!good || !lie_apart(&extents, (struct extent){ offset, map.map_bytes })))
		error = error_new("the map of the snapshot's parts has some that overlap, or lie outside of the device");
	if (error)
		return error;
	*ret_extents = extents;
	extents = (struct extents){ 0 };
	return NULL;
}

const uint8_t *storage_map_covered(struct bytes map)
{
	return map.data + offsetof(struct storage_map, covered);
}

uint8_t *storage_map_build(uint64_t offset, const struct extents *extents, const uint8_t *covered)
{
	uint64_t size = storage_map_bytes(extents->count);
	uint8_t *bytes = xcalloc((size_t)size, 1), *at = bytes + sizeof(struct storage_map);
	struct storage_map map = { .magic = STORAGE_MAP_MAGIC, .version = STORAGE_MAP_VERSION,
				   .map_bytes = (uint32_t)size, .offset = offset, .extent_count = extents->count };

	for (size_t i = 0; i < extents->count; i++) {
		struct storage_map_extent extent = { extents->items[i].offset, extents->items[i].size_bytes };

		memcpy(at + i * sizeof(extent), &extent, sizeof(extent));
	}
	if (covered)
		memcpy(map.covered, covered, STORAGE_SIGNATURE_BYTES);
	map.digest = digest_of(&map, at, extents->count * sizeof(struct storage_map_extent));
	memcpy(bytes, &map, sizeof(map));
	return bytes;
}
