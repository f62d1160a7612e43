/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/core_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/core/core_segments.h"

#define NOTES_LIMIT_BYTES (16u << 20)

static struct error *parse_program_header(const struct core_file *core, const uint8_t *raw, size_t number,
					  struct elf_segment *ret_segment)
{
	return error_prefix(elf_segment_parse(&core->elf, raw, number, core->file_size_bytes, ret_segment), "%s",
			    core->path);
}

/* `offset` is where the ELF header is. */
static struct error *read_headers(struct core_file *core, uint64_t offset)
{
	uint8_t head[sizeof(Elf64_Ehdr)], section[sizeof(Elf64_Shdr)];
	size_t size = core_file_read_some(core, head, sizeof(head), offset);
	struct error *error = elf_file_init_header(&core->elf, (struct bytes){ head, size });

	if (!error && core->elf.segment_count == PN_XNUM) {
		size = core_file_read_some(core, section, sizeof(section), offset + core->elf.sections_offset);
		error = elf_file_take_count(&core->elf, (struct bytes){ section, size }, core->file_size_bytes);
	}
	if (!error)
		error = elf_file_check_table(&core->elf, core->file_size_bytes);
	if (error)
		return error_prefix(error, "%s", core->path);
	core->table = (struct core_table){ offset + core->elf.segments_offset, elf_segment_bytes(&core->elf),
					   parse_program_header, NULL };
	return core_segments_survey(core);
}

static struct error *add_notes(struct core_file *core, size_t *capacity, const struct elf_segment *segment)
{
	size_t old_size = core->notes_size;

	if (segment->file_size > NOTES_LIMIT_BYTES - old_size)
		return error_new("%s has more than %u bytes of notes", core->path, NOTES_LIMIT_BYTES);
	core->notes_size += (size_t)segment->file_size;
	core->notes = xgrow(core->notes, capacity, core->notes_size, 1);
	return core_file_read(core, segment->file_offset, core->notes + old_size, (size_t)segment->file_size);
}

static struct error *read_notes(struct core_file *core)
{
	struct core_segments at = { .core = core };
	struct elf_segment segment;
	size_t capacity = 0;
	struct error *error;

	while (!(error = core_segments_next(&at, &segment)) && segment.type != PT_NULL) {
		if (segment.type == PT_NOTE && segment.file_size)
			error = add_notes(core, &capacity, &segment);
		if (error)
			return error;
	}
	return error;
}

static void find_vmcoreinfo(struct core_file *core)
{
	struct bytes text = { 0 };
	bool found = core_file_note(core, "VMCOREINFO", 0, &text);

	core->vmcoreinfo = found ? xstrndup((const char *)text.data, text.size) : xstrdup("");
}

void core_file_set_notes(struct core_file *core, const void *notes, size_t size)
{
	free(core->notes);
	free(core->vmcoreinfo);
	core->notes = xcalloc(size + 1, 1);
	memcpy(core->notes, notes, size);
	core->notes_size = size;
	find_vmcoreinfo(core);
}

/* `opened` gives the path, which becomes owned, and the way to read it. `headers`: offset of the ELF header. */
static struct error *open_core(struct core_file *core, struct core_file opened, uint64_t headers, bool size_is_stated)
{
	struct stat status;

	opened.fd = open(opened.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (opened.fd < 0) {
		bool none = errno == ENOENT && strstr(opened.path, "/proc/vmcore");
		struct error *error = error_errno(errno, "cannot open %s%s", opened.path,
						  none ? " (only a kernel started by a jump, or after a crash, has it)" :
							 "");

		free(opened.path);
		return error;
	}
	bool known = !fstat(opened.fd, &status);
	bool regular = known && size_is_stated && S_ISREG(status.st_mode) && !file_is_of_proc(opened.fd);
	struct error *error = known && S_ISDIR(status.st_mode) ? error_new("%s is a directory", opened.path) :
								  NULL;

	opened.file_size_bytes = regular ? (uint64_t)status.st_size : UINT64_MAX;
	if (!error)
		error = read_headers(&opened, headers);
	if (!error)
		error = read_notes(&opened);
	if (error) {
		core_file_deinit(&opened);
		return error;
	}
	find_vmcoreinfo(&opened);
	*core = opened;
	return NULL;
}

struct error *core_file_init(struct core_file *core, const char *root, const char *path)
{
	return open_core(core, (struct core_file){ .path = path_below(root, path) }, 0, false);
}

struct error *core_file_open(struct core_file *core, const char *path)
{
	return open_core(core, (struct core_file){ .path = xstrdup(path) }, 0, true);
}

struct error *core_file_open_memory(struct core_file *core, const char *path, uint64_t headers)
{
	const struct core_file memory = { .path = xstrdup(path), .is_memory = true };

	return error_prefix(open_core(core, memory, headers, false), "ELF headers at 0x%" PRIx64, headers);
}

void core_file_deinit(struct core_file *core)
{
	if (!core->path)
		return;
	close(core->fd);
	extents_deinit(&core->extents);
	elf_file_deinit(&core->elf);
	free(core->survey.order);
	free(core->survey.blocks);
	free(core->path);
	free(core->notes);
	free(core->vmcoreinfo);
	*core = (struct core_file){ 0 };
}

bool core_file_note(const struct core_file *core, const char *name, uint32_t type, struct bytes *ret_desc)
{
	return elf_note_find((struct bytes){ (uint8_t *)core->notes, core->notes_size }, name, type, ret_desc);
}

void core_file_add_note(struct core_file *core, const char *name, uint32_t type, const void *desc, size_t size)
{
	size_t added = elf_note_size(name, size);
	char *notes = xcalloc(added + core->notes_size, 1);

	elf_note_put((uint8_t *)notes, name, type, desc, size);
	if (core->notes_size)
		memcpy(notes + added, core->notes, core->notes_size);
	free(core->notes);
	core->notes = notes;
	core->notes_size += added;
}

/* Whether a segment has `size` bytes from `address` on. */
typedef bool has_function(const struct core_file *core, const struct elf_segment *segment, uint64_t address,
			  uint64_t size);

static bool has_bytes(uint64_t start, uint64_t bytes, uint64_t address, uint64_t size)
{
	return address >= start && address - start < bytes && bytes - (address - start) >= size;
}

static bool holds_phys(const struct core_file *core, const struct elf_segment *segment, uint64_t phys, uint64_t size)
{
	return core_segment_has_phys(core, segment) && has_bytes(segment->paddr, segment->file_size, phys, size);
}

static bool shows_linear(const struct core_file *core, const struct elf_segment *segment, uint64_t linear,
			 uint64_t size)
{
	return core_segment_has_phys(core, segment) && core_segment_has_linear(core, segment) &&
	       has_bytes(segment->vaddr, segment->memory_size, linear, size);
}

static bool shows_direct(const struct core_file *core, const struct elf_segment *segment, uint64_t phys, uint64_t size)
{
	return core_segment_is_direct(core, segment) && core_segment_has_linear(core, segment) &&
	       has_bytes(segment->paddr, segment->memory_size, phys, size);
}

/* The first segment that has the bytes; of type PT_NULL if none has. */
static struct error *find(const struct core_file *core, has_function *has, uint64_t address, uint64_t size,
			  struct elf_segment *ret_segment)
{
	struct core_segments at = { .core = core };
	struct error *error;

	do
		error = core_segments_next_near(&at, address, ret_segment);
	while (!error && ret_segment->type != PT_NULL && !has(core, ret_segment, address, size));
	return error;
}

static bool is_found(const struct core_file *core, has_function *has, uint64_t address, struct elf_segment *ret_segment)
{
	struct error *error = find(core, has, address, 1, ret_segment);
	bool found = !error && ret_segment->type != PT_NULL;

	error_free(error);
	return found;
}

/* The bytes lie in the segment's memory, after its file content. */
static bool lacks_phys(const struct core_file *core, const struct elf_segment *segment, uint64_t phys, uint64_t size)
{
	return core_segment_has_phys(core, segment) && segment->memory_size > segment->file_size &&
	       has_bytes(segment->paddr + segment->file_size, segment->memory_size - segment->file_size, phys, size);
}

bool core_file_lacks_phys(const struct core_file *core, uint64_t phys, size_t size)
{
	struct elf_segment segment;
	struct error *error = find(core, holds_phys, phys, 1, &segment);
	bool is_held = error || segment.type != PT_NULL;

	error_free(error);
	if (is_held)
		return false;
	error = find(core, lacks_phys, phys, size, &segment);

	bool lacks = !error && segment.type != PT_NULL;

	error_free(error);
	return lacks;
}

struct error *core_file_read_phys(const struct core_file *core, uint64_t phys, void *to, size_t size)
{
	struct elf_segment segment;
	struct error *error = find(core, holds_phys, phys, size, &segment);

	if (!error && segment.type == PT_NULL)
		error = error_new("%s does not hold physical address 0x%" PRIx64, core->path, phys);
	return error ? error : core_file_read(core, segment.file_offset + (phys - segment.paddr), to, size);
}

bool core_file_phys_of(const struct core_file *core, uint64_t linear, uint64_t *ret_phys)
{
	struct elf_segment segment;

	if (!is_found(core, shows_linear, linear, &segment))
		return false;
	*ret_phys = segment.paddr + (linear - segment.vaddr);
	return true;
}

bool core_file_direct_linear_of(const struct core_file *core, uint64_t phys, uint64_t *ret_linear)
{
	struct elf_segment segment;

	if (!is_found(core, shows_direct, phys, &segment))
		return false;
	*ret_linear = segment.vaddr + (phys - segment.paddr);
	return true;
}

const struct elf_segment *core_file_kernel_text(const struct core_file *core)
{
	return core->survey.text.type == PT_NULL ? NULL : &core->survey.text;
}
