/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/device_tree.h"

#include <endian.h>
#include <inttypes.h>

/* struct fdt_header: big endian, 10 words */
#define MAGIC 0xd00dfeed
#define TOTAL_SIZE 4
#define HEADER_BYTES 40

struct error *device_tree_blob(struct bytes bytes, struct bytes *ret_blob)
{
	if (bytes.size < HEADER_BYTES || be32toh(bytes_u32(bytes, 0)) != MAGIC)
		return error_new("not a flattened device tree (%zu bytes, and no 0x%x at its beginning)", bytes.size, MAGIC);

	uint32_t size = be32toh(bytes_u32(bytes, TOTAL_SIZE));

	if (size < HEADER_BYTES)
		return error_new("a damaged device tree: its header gives it %" PRIu32 " bytes", size);
	if (!bytes_part(bytes, 0, size, ret_blob))
		return error_new("the device tree is cut off: it has %" PRIu32 " bytes, and the file %zu", size, bytes.size);
	return NULL;
}
