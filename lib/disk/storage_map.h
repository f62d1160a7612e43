/* SPDX-License-Identifier: GPL-2.0-only */
/* The map of a snapshot's parts (include/storage_map_format.h): bytes in, extents out, and back; reads no file. */
#ifndef KJ_STORAGE_MAP_H
#define KJ_STORAGE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "include/storage_map_format.h"
#include "lib/base/bytes.h"
#include "lib/base/error.h"
#include "lib/base/extents.h"

/* Whether these bytes begin with a map, damaged or not; *ret_map_bytes, with its extents, is within the limits then. */
bool storage_map_probe(struct bytes block, uint32_t *ret_map_bytes);

/*
 * Parses the map that was read at `offset` of a device with `device_bytes`. *ret_extents lie in the device, without the
 * first bytes up to the map's end, and none overlaps another. Errors: damaged, cut off, a copy of another map.
 */
struct error *storage_map_parse(struct bytes map, uint64_t offset, uint64_t device_bytes, struct extents *ret_extents);

/*
 * The bytes of a swap area's signature that the map keeps, STORAGE_SIGNATURE_BYTES: on an encrypted device not those of
 * STORAGE_SWAP_SIGNATURE. Of a map that storage_map_parse takes.
 */
const uint8_t *storage_map_covered(struct bytes map);

/* The size of a map of `count` extents. */
uint64_t storage_map_bytes(size_t count);

/*
 * Makes the map at `offset`; heap, storage_map_bytes() of the count in size. `covered`: STORAGE_SIGNATURE_BYTES of a swap
 * area, else NULL.
 */
uint8_t *storage_map_build(uint64_t offset, const struct extents *extents, const uint8_t *covered);

#endif
