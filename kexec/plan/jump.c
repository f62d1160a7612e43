/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of a jump's load: the window, and the headers and notes through which B sees A's memory. */
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "include/kjump_asleep_note.h"
#include "kexec/plan/loading.h"
#include "kexec/plan/vmcore_headers.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/base/text.h"
#include "lib/core/jump_note.h"
#include "lib/machine/fingerprint.h"
#include "lib/machine/kernel_config.h"

/* The last two only where a sleeping kernel is woken. */
enum note { NOTE_VMCOREINFO, NOTE_KJUMP, NOTE_ROOM, NOTE_WORDS, NOTE_USED, NOTE_COUNT };

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

/*
 * Behind the first headers: what a load that wakes B in a later boot adds (include/kjump_asleep_note.h). The list of
 * file systems takes about 200 bytes for each.
 */
#define WAKE_ROOM_BYTES (PURGATORY_SIZE_BYTES + 64 * KIB)

/* The bytes of memory for headers and notes, those of a later boot included; whole pages. */
static uint64_t room_size(const struct loading *loading)
{
	size_t spans = loading->machine.ram.count + 2;
	struct vmcore_note notes[] = {
		[NOTE_VMCOREINFO] = { .name = "VMCOREINFO", .size = PAGE_SIZE_BYTES },
		[NOTE_KJUMP] = { .name = KJUMP_NOTE_NAME, .size = jump_note_size_limit(2 * spans) },
		[NOTE_ROOM] = { .name = KJUMP_NOTE_NAME, .size = sizeof(struct kjump_room_note) },
	};
	struct vmcore_headers headers = { .notes = notes, .note_count = ARRAY_COUNT(notes) };

	return address_align_up(vmcore_headers_size_limit(&headers, spans), PAGE_SIZE_BYTES) + WAKE_ROOM_BYTES;
}

uint64_t jump_headers_size_limit(const struct loading *loading)
{
	return loading->is_jump ? room_size(loading) : 0;
}

/* The notes of every jump; `room` and `jump_note` are borrowed. */
static void set_notes(const struct loading *loading, struct bytes jump_note, const struct kjump_room_note *room,
		      struct vmcore_note *ret_notes)
{
	const char *vmcoreinfo = loading->kernel_map.vmcoreinfo;

	ret_notes[NOTE_VMCOREINFO] = (struct vmcore_note){ "VMCOREINFO", 0, vmcoreinfo, strlen(vmcoreinfo) };
	ret_notes[NOTE_KJUMP] =
		(struct vmcore_note){ KJUMP_NOTE_NAME, KJUMP_NOTE_TYPE, jump_note.data, jump_note.size };
	ret_notes[NOTE_ROOM] = (struct vmcore_note){ KJUMP_NOTE_NAME, KJUMP_ROOM_NOTE_TYPE, room, sizeof(*room) };
}

static void set_note_entry(struct loading *loading, const size_t *desc_offsets)
{
	loading->headers.note_entry =
		loading->headers.start + desc_offsets[NOTE_KJUMP] + offsetof(struct kjump_note, jump_back_entry);
}

/* Of the memory that B sees, with the first `note_count` notes; borrowed. */
static struct vmcore_headers headers_of(const struct loading *loading, const struct vmcore_note *notes, size_t note_count)
{
	return (struct vmcore_headers){ .is_64 = vmcore_is_64(loading),
					.map = &loading->kernel_map,
					.memory = &loading->visible,
					.notes = notes,
					.note_count = note_count };
}

struct error *jump_headers_place(struct loading *loading)
{
	size_t note_size, desc_offsets[NOTE_COUNT];
	struct vmcore_note notes[NOTE_COUNT];
	struct kjump_room_note room = { .version = KJUMP_ROOM_NOTE_VERSION, .size_bytes = room_size(loading) };

	window_outside(&loading->window, &loading->machine, &loading->visible);

	AUTO_FREE uint8_t *note = make_note(loading, &note_size);
	struct vmcore_headers headers = headers_of(loading, notes, NOTE_ROOM + 1);

	set_notes(loading, (struct bytes){ note, note_size }, &room, notes);

	struct error *error = vmcore_place(loading, &headers, room.size_bytes, desc_offsets);

	if (error)
		return error;
	set_note_entry(loading, desc_offsets);
	/* Its place is known only now. */
	room.start = loading->headers.start;
	memcpy(plan_segment_at(&loading->plan, room.start)->owned + desc_offsets[NOTE_ROOM], &room, sizeof(room));
	return NULL;
}

struct error *jump_headers_renew(struct loading *loading, struct span memory, struct span room, struct bytes words,
				 struct bytes used)
{
	size_t note_size, size, desc_offsets[NOTE_COUNT];
	struct vmcore_note notes[NOTE_COUNT];
	const struct kjump_room_note room_note = { KJUMP_ROOM_NOTE_VERSION, 0, room.start, span_size(room) };
	uint8_t *data;

	window_outside(&loading->window, &loading->machine, &loading->visible);

	AUTO_FREE uint8_t *note = make_note(loading, &note_size);
	struct vmcore_headers headers = headers_of(loading, notes, NOTE_COUNT);

	set_notes(loading, (struct bytes){ note, note_size }, &room_note, notes);
	notes[NOTE_WORDS] = (struct vmcore_note){ KJUMP_NOTE_NAME, KJUMP_WORDS_NOTE_TYPE, words.data, words.size };
	notes[NOTE_USED] = (struct vmcore_note){ KJUMP_NOTE_NAME, KJUMP_USED_NOTE_TYPE,
						  used.size ? used.data : (const uint8_t *)"", used.size };

	struct error *error = vmcore_headers_build(&headers, memory.start, &data, &size, desc_offsets);

	if (error)
		return error;
	if (size > span_size(memory)) {
		free(data);
		return error_new("the sleeping kernel keeps %" PRIu64 " bytes free for what it has to be told, and these are "
				 "%zu", span_size(memory), size);
	}
	plan_fill_owned(&loading->plan, memory.start, data, size);
	loading->headers.start = memory.start;
	loading->window.headers = room;
	set_note_entry(loading, desc_offsets);
	return NULL;
}
