/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/size_text.h"

#include <inttypes.h>

#include "lib/base/alloc.h"

char *size_text(uint64_t size_bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB" };
	size_t unit = 0;
	uint64_t tenths = size_bytes * 10;

	if (size_bytes < 1024)
		return xasprintf("%" PRIu64 " bytes", size_bytes);
	for (; tenths >= 10240 && unit + 1 < ARRAY_COUNT(units); unit++)
		tenths /= 1024;
	return xasprintf("%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, units[unit]);
}
