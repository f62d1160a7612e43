/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/kernel_map.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/core/core_segments.h"
#include "lib/core/gdt.h"
#include "lib/core/page_tables.h"

/* The direct map is one constant offset on both architectures; it ends before the end of RAM on i386 only. */
static struct error *read_direct_map(const struct core_file *core, struct kernel_map *map)
{
	struct core_segments at = { .core = core };
	struct elf_segment segment;
	struct error *error;
	bool found = false;

	while (!(error = core_segments_next_by_address(&at, &segment)) && segment.type != PT_NULL) {
		if (!segment.memory_size)
			continue;
		map->direct_offset = segment.vaddr - segment.paddr;
		found = true;
	}
	if (error)
		return error;
	if (!found)
		return error_new("%s contains no physical addresses", core->path);
	map->direct_end = map->arch->is_64 ? SPAN_ADDRESS_END : core->survey.direct_end;
	return NULL;
}

static struct error *read_addresses(const struct core_file *core, struct kernel_map *map)
{
	const struct elf_segment *text = core_file_kernel_text(core);
	struct error *error = read_direct_map(core, map);

	if (error || !text)
		return error;
	map->text_linear = text->vaddr;
	map->text_phys = span_of(text->paddr, text->memory_size);
	return NULL;
}

static struct error *read_all(const struct core_file *core, struct kernel_map *map)
{
	struct error *error = read_addresses(core, map);

	if (error)
		return error;
	map->vmcoreinfo = xstrdup(core->vmcoreinfo);
	map->paging_levels = page_tables_levels(core, map->arch);
	return gdt_find(core, map->arch, &map->gdt);
}

/* `what` needs the map: the beginning of the message if there is none. */
static struct error *init(struct kernel_map *map, const char *root, const struct arch *arch, const char *what,
			  struct error *(*read)(const struct core_file *core, struct kernel_map *map))
{
	AUTO_CORE_FILE struct core_file core = { 0 };
	struct kernel_map found = { .arch = arch };
	struct error *error = core_file_init(&core, root, "/proc/kcore");

	if (error && error_errno_value(error) == ENOENT)
		return error_prefix(error, "%s this kernel's own memory (CONFIG_PROC_KCORE)", what);
	if (error && (error_errno_value(error) == EPERM || error_errno_value(error) == EACCES))
		return error_prefix(error, "%s this kernel's own memory (root, and no lockdown)", what);
	if (!error)
		error = read(&core, &found);
	if (error) {
		kernel_map_deinit(&found);
		return error;
	}
	*map = found;
	return NULL;
}

struct error *kernel_map_init(struct kernel_map *map, const char *root, const struct arch *arch)
{
	return init(map, root, arch, "a jump needs", read_all);
}

struct error *kernel_map_init_addresses(struct kernel_map *map, const char *root, const struct arch *arch)
{
	return init(map, root, arch, "the vmcore headers of a crash kernel need", read_addresses);
}

int kernel_map_levels(const char *root, const struct arch *arch)
{
	AUTO_CORE_FILE struct core_file core = { 0 };
	struct error *error = core_file_init(&core, root, "/proc/kcore");
	int levels = error ? 0 : page_tables_levels(&core, arch);

	error_free(error);
	return levels;
}

struct error *kernel_map_check_levels(const struct arch *arch, int levels, const char *peer, uint32_t peer_levels)
{
	if (!levels || !peer_levels || (uint32_t)levels == peer_levels)
		return NULL;
	return error_new("the %s has page tables of %" PRIu32 " levels, this one of %d: %s", peer, peer_levels, levels,
			 arch->is_64 ? "start both with no5lvl, or neither" :
				       "this kernel has to be built with PAE as that one, or without");
}

void kernel_map_deinit(struct kernel_map *map)
{
	free(map->vmcoreinfo);
	*map = (struct kernel_map){ 0 };
}

uint64_t kernel_map_linear(const struct kernel_map *map, uint64_t phys)
{
	return phys < map->direct_end ? phys + map->direct_offset : UINT64_MAX;
}
