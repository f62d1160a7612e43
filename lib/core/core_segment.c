/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/core_segment.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* __START_KERNEL_map, Documentation/arch/x86/x86_64/mm.rst */
#define KERNEL_TEXT_START UINT64_C(0xffffffff80000000)

/* At most this much of memory is mapped at once. */
#define MAP_BYTES (UINT64_C(1) << 20)

/* Pages of a mapping after a regular file's end cannot be read. */
static struct span in_file(const struct core_file *core, struct span part)
{
	struct stat status;

	if (!fstat(core->fd, &status) && S_ISREG(status.st_mode))
		part = span_intersect(part, (struct span){ 0, (uint64_t)status.st_size });
	return part;
}

static ssize_t copy_mapped(const struct core_file *core, void *to, struct span part)
{
	struct span pages = span_pages_outward(part);
	uint8_t *map = mmap(NULL, (size_t)span_size(pages), PROT_READ, MAP_SHARED, core->fd, (off_t)pages.start);

	if (map == MAP_FAILED)
		return -1;
	memcpy(to, map + (part.start - pages.start), (size_t)span_size(part));
	munmap(map, (size_t)span_size(pages));
	return (ssize_t)span_size(part);
}

/*
 * As pread(2). A mapping takes long, so it is one of many pages; but one of them may not be permitted: then it is one of
 * the first page.
 */
static ssize_t read_memory(const struct core_file *core, void *to, size_t size, uint64_t offset)
{
	uint64_t page = address_align_down(offset, PAGE_SIZE_BYTES);
	struct span wanted = span_of(offset, size);
	struct span part = in_file(core, span_intersect(wanted, span_of(page, MAP_BYTES)));
	ssize_t got;

	if (span_is_empty(part))
		return 0;
	got = copy_mapped(core, to, part);
	return got < 0 ? copy_mapped(core, to, span_intersect(part, span_of(page, PAGE_SIZE_BYTES))) : got;
}

static ssize_t read_some(const struct core_file *core, void *to, size_t size, uint64_t offset)
{
	return core->is_memory ? read_memory(core, to, size, offset) :
				 extents_pread(&core->extents, core->fd, to, size, offset);
}

struct error *core_file_read(const struct core_file *core, uint64_t offset, void *to, size_t size)
{
	uint8_t *at = to;

	while (size) {
		ssize_t got = read_some(core, at, size, offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(errno, "cannot read %zu bytes at offset 0x%" PRIx64 " of %s", size, offset,
					   core->path);
		if (!got)
			return error_new("%s is cut off: it ends before offset 0x%" PRIx64, core->path, offset + size);
		at += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return NULL;
}

size_t core_file_read_some(const struct core_file *core, uint8_t *to, size_t size, uint64_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = read_some(core, to + done, size - done, offset + done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

bool core_segment_has_phys(const struct core_file *core, const struct elf_segment *segment)
{
	uint64_t unknown = core->elf.is_64 ? UINT64_MAX : UINT32_MAX;

	return segment->type == PT_LOAD && segment->paddr != unknown && segment->paddr < SPAN_ADDRESS_END;
}

bool core_segment_has_linear(const struct core_file *core, const struct elf_segment *segment)
{
	return segment->vaddr != UINT64_MAX && (core->elf.is_64 || segment->vaddr != UINT32_MAX);
}

bool core_segment_is_text(const struct core_file *core, const struct elf_segment *segment)
{
	return core_segment_has_phys(core, segment) && core->elf.machine == EM_X86_64 &&
	       segment->vaddr >= KERNEL_TEXT_START && core_segment_has_linear(core, segment);
}

bool core_segment_is_direct(const struct core_file *core, const struct elf_segment *segment)
{
	return core_segment_has_phys(core, segment) && !core_segment_is_text(core, segment);
}

struct span core_segment_shown(const struct elf_segment *segment)
{
	return span_of(segment->paddr, segment->memory_size ? segment->memory_size : segment->file_size);
}

struct span core_segment_held(const struct elf_segment *segment)
{
	return span_of(segment->paddr, segment->file_size);
}

struct span core_segment_absent(const struct elf_segment *segment)
{
	return span_pages_inward((struct span){ core_segment_held(segment).end, core_segment_shown(segment).end });
}

struct error *core_segment_check_pages(const struct core_file *core, const struct elf_segment *segment)
{
	if ((segment->paddr | segment->file_size) % PAGE_SIZE_BYTES)
		return error_new("%s: the piece at 0x%" PRIx64 " is not made of whole pages", core->path,
				 segment->paddr);
	return NULL;
}
