/* SPDX-License-Identifier: GPL-2.0-only */
#include "kdump/core_source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"

/* A mapping takes no memory of its own; a buffer does. */
#define MAP_BYTES (UINT64_C(4) << 20)
#define READ_BYTES MIB

/* Whether the kernel generates the content: a file of /proc, or a character device. */
static bool is_generated(const struct core_file *core)
{
	struct stat status;

	return file_is_of_proc(core->fd) || (!fstat(core->fd, &status) && S_ISCHR(status.st_mode));
}

void core_source_init(struct core_source *source, const struct core_file *core)
{
	*source = (struct core_source){ .core = core, .is_mapped = is_generated(core) };
	if (!source->is_mapped)
		source->buffer = xpages(READ_BYTES);
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
	*source = (struct core_source){ 0 };
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

struct error *core_source_read(struct core_source *source, const struct elf_segment *segment, struct span *memory,
			       const uint8_t **ret_data)
{
	struct span held = core_segment_held(segment);
	uint64_t offset = segment->file_offset + (memory->start - held.start);

	if (memory->start >= held.end && !source->is_mapped)
		return read_absent(source, memory, ret_data);
	if (memory->start >= held.end)
		return error_new("%s does not hold physical address 0x%" PRIx64, source->core->path, memory->start);
	*memory = span_intersect(*memory, held);
	if (source->is_mapped)
		return map_piece(source, offset, memory, ret_data);
	*memory = span_intersect(*memory, span_of(memory->start, READ_BYTES));
	*ret_data = source->buffer;
	return core_file_read(source->core, offset, source->buffer, (size_t)span_size(*memory));
}
