/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of a jump's load: the window, and the headers and notes through which B sees A's memory. */
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kexec/plan/loading.h"
#include "kexec/plan/vmcore_headers.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "lib/core/jump_note.h"
#include "lib/machine/fingerprint.h"
#include "lib/machine/kernel_config.h"

enum note { NOTE_VMCOREINFO, NOTE_KJUMP, NOTE_COUNT };

struct error *jump_memory(struct loading *loading, const struct window_requirements *requirements)
{
	const struct request *request = loading->request;
	const struct machine *machine = &loading->machine;
	struct error *error = NULL;

	error = request->has_mem_min && request->has_mem_max ?
			window_given(machine, request->mem_min, request->mem_max, &loading->window) :
			window_choose(machine, requirements, request->mem_min, request->mem_max, &loading->window);
	if (error)
		return error;
	loading->where = xasprintf("the window 0x%" PRIx64 "-0x%" PRIx64, loading->window.bounds.start,
				   loading->window.bounds.end - 1);
	plan_init(&loading->plan, &loading->window.memory);
	return NULL;
}

static uint32_t free_pages_of(const struct loading *loading)
{
	const char *root = loading->machine.root;
	AUTO_FREE char *release = line_value(loading->kernel_map.vmcoreinfo, "OSRELEASE");
	AUTO_FREE char *config = kernel_config_read(root, release ? release : "");

	return fingerprint_free_pages(loading->machine.cmdline, config);
}

static uint8_t *make_note(const struct loading *loading, size_t *ret_size)
{
	const struct kernel_map *map = &loading->kernel_map;
	AUTO_JUMP_NOTE struct jump_note note = {
		.fixed = { .gdt = map->gdt,
			   .direct_offset = map->direct_offset,
			   .direct_end = map->direct_end,
			   .text_linear = map->text_linear,
			   .text_phys = map->text_phys.start,
			   .text_size_bytes = span_size(map->text_phys),
			   .elf_machine = map->arch->elf_machine,
			   .paging_levels = (uint32_t)map->paging_levels,
			   .free_pages = free_pages_of(loading),
			   .memory_digest = fingerprint_memory(&loading->machine),
			   .cpu_digest = fingerprint_cpu(loading->machine.root) },
	};

	fingerprint_boot_id(loading->machine.root, note.fixed.boot_id);
	window_shadowed(&loading->window, &note.window);
	span_set_copy(&note.memory, &loading->visible);
	return jump_note_build(&note, ret_size);
}

uint64_t jump_headers_size_limit(const struct loading *loading)
{
	size_t spans = loading->machine.ram.count + 2;
	struct vmcore_note notes[NOTE_COUNT] = {
		[NOTE_VMCOREINFO] = { .name = "VMCOREINFO", .size = PAGE_SIZE_BYTES },
		[NOTE_KJUMP] = { .name = KJUMP_NOTE_NAME, .size = jump_note_size_limit(2 * spans) },
	};
	struct vmcore_headers headers = { .notes = notes, .note_count = NOTE_COUNT };

	return loading->is_jump ? vmcore_headers_size_limit(&headers, spans) : 0;
}

struct error *jump_headers_place(struct loading *loading)
{
	size_t note_size, desc_offsets[NOTE_COUNT];

	window_outside(&loading->window, &loading->machine, &loading->visible);

	AUTO_FREE uint8_t *note = make_note(loading, &note_size);
	const struct vmcore_note notes[NOTE_COUNT] = {
		[NOTE_VMCOREINFO] = { "VMCOREINFO", 0, loading->kernel_map.vmcoreinfo,
				      strlen(loading->kernel_map.vmcoreinfo) },
		[NOTE_KJUMP] = { KJUMP_NOTE_NAME, KJUMP_NOTE_TYPE, note, note_size },
	};
	struct vmcore_headers headers = { .is_64 = vmcore_is_64(loading),
					  .map = &loading->kernel_map,
					  .memory = &loading->visible,
					  .notes = notes,
					  .note_count = NOTE_COUNT };

	struct error *error = vmcore_place(loading, &headers, 0, desc_offsets);

	if (!error)
		loading->headers.note_entry =
			loading->headers.start + desc_offsets[NOTE_KJUMP] + offsetof(struct kjump_note, jump_back_entry);
	return error;
}
