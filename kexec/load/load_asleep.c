/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel that sleeps in a file (save_asleep.h): its memory as segments, with
 * the three things that another boot of A changes: the GDT that its gate loads,
 * the vmcore headers and notes in its room, and purgatory at the end of that
 * room, which puts A's entry into the note and enters the gate as A does.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "include/gate_param.h"
#include "kexec/load/load_parts.h"
#include "kexec/load/protocols.h"
#include "kexec/plan/purgatory_setup.h"
#include "lib/base/alloc.h"
#include "lib/core/asleep_note.h"
#include "lib/machine/fingerprint.h"

struct asleep {
	struct loading *loading;
	struct asleep_note note;
	struct span gate, headers, purgatory; /* the parts that are made anew; the last two are the room */
};

static bool find_note(const struct loading *loading, struct bytes *ret_desc)
{
	return loading->image.kind == IMAGE_ELF && loading->image.elf.type == ET_CORE &&
	       boot_image_find_note(&loading->image, KJUMP_NOTE_NAME, KJUMP_ASLEEP_NOTE_TYPE, ret_desc);
}

bool loading_is_asleep(const struct loading *loading)
{
	struct bytes desc;

	return find_note(loading, &desc);
}

static struct error *check_machine(const struct asleep *asleep)
{
	const struct loading *loading = asleep->loading;
	const struct kjump_note *fixed = &asleep->note.jump.fixed;
	const struct arch *arch = loading->machine.arch;

	if (fixed->elf_machine != arch->elf_machine)
		return error_new("it is of another architecture than this %s kernel", arch->name);
	if (fixed->memory_digest != fingerprint_memory(&loading->machine))
		return error_new("it is from another machine, or this one was changed: its memory map differs");
	if (fixed->cpu_digest != fingerprint_cpu(loading->machine.root))
		return error_new("it is from another machine, or this one was changed: its processor differs");
	return kernel_map_check_levels(arch, loading->kernel_map.paging_levels, "sleeping kernel", fixed->paging_levels);
}

/* The content of some memory of the sleeping kernel, which one PT_LOAD has entirely. */
static struct error *find_content(const struct loading *loading, struct span memory, struct bytes *ret_content)
{
	const struct elf_file *elf = &loading->image.elf;

	for (size_t i = 0; i < elf->segment_count; i++) {
		const struct elf_segment *segment = &elf->segments[i];

		if (segment->type == PT_LOAD && span_contains(span_of(segment->paddr, segment->file_size), memory) &&
		    bytes_part(loading->image.bytes, segment->file_offset + (memory.start - segment->paddr),
			       span_size(memory), ret_content))
			return NULL;
	}
	return error_new("its memory 0x%" PRIx64 "-0x%" PRIx64 " is not in the file", memory.start, memory.end - 1);
}

/* A damaged page would be executed after this kernel has left. */
static struct error *check_digest(const struct asleep *asleep)
{
	const struct span_set *memory = &asleep->note.jump.window;
	struct bytes content;
	struct xxh64 digest;

	xxh64_init(&digest);
	for (size_t i = 0; i < memory->count; i++) {
		struct error *error = find_content(asleep->loading, memory->items[i], &content);

		if (error)
			return error;
		for (size_t at = 0; at < content.size; at += PAGE_SIZE_BYTES)
			asleep_digest_page(&digest, memory->items[i].start + at, content.data + at);
	}
	return xxh64_value(&digest) == asleep->note.fixed.digest ?
		       NULL :
		       error_new("it is damaged: the digest of its memory differs");
}

static struct error *find_parts(struct asleep *asleep)
{
	const struct span_set *window = &asleep->note.jump.window;
	uint64_t entry = asleep->loading->image.elf.entry;
	struct span room = asleep_note_room(&asleep->note);

	if (entry % PAGE_SIZE_BYTES != GATE_ENTRY_PEER || entry >= SPAN_ADDRESS_END)
		return error_new("its entry 0x%" PRIx64 " is not that of a gate", entry);
	asleep->gate = span_of(entry - GATE_ENTRY_PEER, GATE_SIZE_BYTES);
	if (span_size(room) <= PURGATORY_SIZE_BYTES || !span_set_contains(window, asleep->gate) ||
	    !span_is_empty(span_intersect(room, asleep->gate)))
		return error_new("its gate or its room is not where it has to be");
	asleep->purgatory = (struct span){ room.end - PURGATORY_SIZE_BYTES, room.end };
	asleep->headers = (struct span){ room.start, asleep->purgatory.start };
	return NULL;
}

static struct error *choose_memory(struct asleep *asleep)
{
	struct loading *loading = asleep->loading;
	const struct span_set *memory = &asleep->note.jump.window;
	struct error *error = window_of_memory(&loading->machine, memory, &loading->window);

	if (error)
		return error;
	plan_init(&loading->plan, memory);
	loading->where = xasprintf("the window 0x%" PRIx64 "-0x%" PRIx64 " of the sleeping kernel",
				   loading->window.bounds.start, loading->window.bounds.end - 1);
	return NULL;
}

/* All memory but that of the parts: borrowed from the file, whose digest was compared. */
static struct error *place_memory(struct asleep *asleep)
{
	struct loading *loading = asleep->loading;
	AUTO_SPAN_SET struct span_set rest = { 0 };
	struct error *error = NULL;

	span_set_copy(&rest, &asleep->note.jump.window);
	span_set_remove(&rest, asleep->gate);
	span_set_remove(&rest, asleep_note_room(&asleep->note));
	for (size_t i = 0; !error && i < rest.count; i++) {
		struct bytes content;

		error = find_content(loading, rest.items[i], &content);
		if (!error)
			error = plan_place_at(&loading->plan, loading->where, "sleeping memory", rest.items[i]);
		if (error)
			break;
		plan_fill(&loading->plan, rest.items[i].start, content);
		plan_segment_at(&loading->plan, rest.items[i].start)->undigested = true;
	}
	return error;
}

/* The gate as it sleeps, with the address of this kernel's GDT. It finds this kernel's entry by itself. */
static struct error *place_gate(struct asleep *asleep)
{
	struct loading *loading = asleep->loading;
	struct gate_param param;
	struct bytes content;
	struct error *error = find_content(loading, asleep->gate, &content);

	if (error)
		return error;
	memcpy(&param, content.data + GATE_PARAM_OFFSET, sizeof(param));
	if (memcmp(param.magic, GATE_MAGIC, sizeof(param.magic)) != 0)
		return error_new("its entry leads to no gate");
	error = plan_place_at(&loading->plan, loading->where, "gate", asleep->gate);
	if (error)
		return error;
	param.peer_gdt = loading->kernel_map.gdt;

	uint8_t *copy = xcalloc(content.size, 1);

	memcpy(copy, content.data, content.size);
	memcpy(copy + GATE_PARAM_OFFSET, &param, sizeof(param));
	plan_fill_owned(&loading->plan, asleep->gate.start, copy, content.size);
	return NULL;
}

static struct error *place_room(struct asleep *asleep)
{
	struct loading *loading = asleep->loading;
	const char *words = loading->request->append ? loading->request->append : "";
	struct error *error = plan_place_at(&loading->plan, loading->where, "vmcore headers", asleep->headers);

	if (!error)
		error = plan_place_at(&loading->plan, loading->where, "purgatory", asleep->purgatory);
	if (!error)
		error = jump_headers_renew(loading, asleep->headers, asleep_note_room(&asleep->note),
					   (struct bytes){ (const uint8_t *)words, strlen(words) },
					   loading->request->used);
	if (error)
		return error;

	const struct purgatory_param param = {
		.target_mode = loading->machine.arch->is_64 ? PURGATORY_TARGET_64 : PURGATORY_TARGET_32,
		.entry = asleep->gate.start + GATE_ENTRY_PEER,
		.flags = PURGATORY_KEEP_STACK,
		.note_entry = loading->headers.note_entry,
		.local_gdt = loading->kernel_map.gdt,
	};

	loading_set_purgatory(loading, asleep->purgatory.start, param);
	return NULL;
}

static struct error *load(struct asleep *asleep)
{
	struct error *error = check_machine(asleep);

	if (!error)
		error = find_parts(asleep);
	if (!error)
		error = choose_memory(asleep);
	if (!error)
		error = check_digest(asleep);
	if (!error)
		error = place_memory(asleep);
	if (!error)
		error = place_gate(asleep);
	return error ? error : place_room(asleep);
}

struct error *load_asleep(struct loading *loading)
{
	struct asleep asleep = { .loading = loading };
	const char *path = loading->request->kernel;
	struct bytes desc = { 0 };
	struct error *error;

	if (!loading->is_jump)
		return error_new("\"%s\" is a sleeping kernel: it is woken by a jump; load it with --load-preserve-context",
				 path);
	find_note(loading, &desc);
	error = asleep_note_parse(desc, path, &asleep.note);
	if (!error)
		error = error_prefix(load(&asleep), "the sleeping kernel in \"%s\" cannot be woken", path);
	asleep_note_deinit(&asleep.note);
	return error;
}
