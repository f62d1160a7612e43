/* SPDX-License-Identifier: GPL-2.0-only */
#include "core_source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

/* What is mapped takes no memory of its own; what is read does. */
#define MAP_BYTES (UINT64_C(4) << 20)
#define READ_BYTES (UINT64_C(1) << 20)

static int by_address(const void *a, const void *b)
{
	const struct elf_segment *left = *(const struct elf_segment *const *)a;
	const struct elf_segment *right = *(const struct elf_segment *const *)b;

	return (left->paddr > right->paddr) - (left->paddr < right->paddr);
}

/* Of the kernel, and no file with a size of its own. */
static bool is_made_up(const struct core_file *core)
{
	struct stat status;

	return !strncmp(core->path, "/proc/", 6) || (!fstat(core->fd, &status) && S_ISCHR(status.st_mode));
}

void core_source_init(struct core_source *source, const struct core_file *core)
{
	size_t capacity = 0;

	*source = (struct core_source){ .core = core, .is_mapped = is_made_up(core) };
	for (size_t i = 0; i < core->elf.segment_count; i++) {
		const struct elf_segment *segment = &core->elf.segments[i];

		if (!core_segment_is_direct(core, segment))
			continue;
		source->segments = xgrow(source->segments, &capacity, source->segment_count + 1,
					 sizeof(const struct elf_segment *));
		source->segments[source->segment_count++] = segment;
	}
	if (source->segment_count)
		qsort(source->segments, source->segment_count, sizeof(const struct elf_segment *), by_address);
	if (!source->is_mapped)
		source->buffer = xcalloc(READ_BYTES, 1);
}

static void drop_map(struct core_source *source)
{
	if (source->is_mapped && source->buffer)
		munmap(source->buffer, source->buffer_bytes);
	if (source->is_mapped)
		source->buffer = NULL;
}

void core_source_deinit(struct core_source *source)
{
	drop_map(source);
	free(source->buffer);
	free(source->segments);
	*source = (struct core_source){ 0 };
}

void core_source_memory(const struct core_source *source, struct span_set *ret_memory)
{
	for (size_t i = 0; i < source->segment_count; i++)
		span_set_add(ret_memory, span_pages_inward(span_of(source->segments[i]->paddr,
								   source->segments[i]->file_size)));
}

const struct elf_segment *core_source_segment(const struct core_source *source, struct span *memory)
{
	size_t low = 0, high = source->segment_count;

	/* The last one that does not begin behind it. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (source->segments[middle]->paddr <= memory->start)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;

	const struct elf_segment *segment = source->segments[low - 1];
	struct span shown = span_of(segment->paddr, segment->memory_size ? segment->memory_size : segment->file_size);

	if (memory->start >= shown.end)
		return NULL;
	*memory = span_intersect(*memory, shown);
	return segment;
}

static struct error *map_piece(struct core_source *source, uint64_t offset, struct span *memory,
			       const uint8_t **ret_data)
{
	uint64_t page = address_align_down(offset, PAGE_SIZE_BYTES);
	size_t skip = (size_t)(offset - page);

	drop_map(source);
	*memory = span_intersect(*memory, span_of(memory->start, MAP_BYTES));
	source->buffer_bytes = (size_t)span_size(*memory) + skip;
	void *map = mmap(NULL, source->buffer_bytes, PROT_READ, MAP_PRIVATE, source->core->fd, (off_t)page);
	if (map == MAP_FAILED)
		return error_errno(errno, "cannot map 0x%" PRIx64 "-0x%" PRIx64 " of %s", memory->start,
				   memory->end - 1, source->core->path);
	source->buffer = map;
	*ret_data = source->buffer + skip;
	return NULL;
}

static struct error *read_absent(struct core_source *source, struct span *memory, const uint8_t **ret_data)
{
	*memory = span_intersect(*memory, span_of(memory->start, READ_BYTES));
	memset(source->buffer, 0, (size_t)span_size(*memory));
	*ret_data = source->buffer;
	return NULL;
}

struct error *core_source_read(struct core_source *source, struct span *memory, const uint8_t **ret_data)
{
	uint64_t start = memory->start;
	const struct elf_segment *segment = core_source_segment(source, memory);

	if (segment && start - segment->paddr >= segment->file_size && !source->is_mapped)
		return read_absent(source, memory, ret_data);
	if (!segment || start - segment->paddr >= segment->file_size)
		return error_new("%s does not hold physical address 0x%" PRIx64, source->core->path, start);

	uint64_t offset = segment->file_offset + (start - segment->paddr);

	*memory = span_intersect(*memory, span_of(segment->paddr, segment->file_size));
	if (source->is_mapped)
		return map_piece(source, offset, memory, ret_data);
	*memory = span_intersect(*memory, span_of(start, READ_BYTES));
	*ret_data = source->buffer;
	return core_file_read(source->core, offset, source->buffer, (size_t)span_size(*memory));
}
