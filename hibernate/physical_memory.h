/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical memory through /dev/mem, in mapped windows. read(2) and write(2)
 * do not reach memory that the kernel does not use itself; mmap(2) does. A
 * regular file stands in for it in tests and benchmarks: the offset is the
 * physical address.
 */
#ifndef KJ_PHYSICAL_MEMORY_H
#define KJ_PHYSICAL_MEMORY_H

#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/span.h"

/* The size of a mapped window. */
#define PHYSICAL_WINDOW_BYTES (UINT64_C(16) << 20)

struct physical_memory {
	int fd;
	const char *path; /* borrowed */
};

/* Opens `path` for reading and writing, never with O_SYNC, which would make the mapping uncached. */
struct error *physical_memory_open(struct physical_memory *memory, const char *path);
void physical_memory_close(struct physical_memory *memory);

/*
 * Maps `span` (whole pages, at most PHYSICAL_WINDOW_BYTES). The error names
 * the likely reason: CONFIG_STRICT_DEVMEM, CONFIG_IO_STRICT_DEVMEM, lockdown.
 */
struct error *physical_memory_map(const struct physical_memory *memory, struct span span, uint8_t **ret_data);
void physical_memory_unmap(uint8_t *data, struct span span);

/* Maps and unmaps every page of the set once, so that a refusal comes before anything is written. */
struct error *physical_memory_try(const struct physical_memory *memory, const struct span_set *set);

#endif
