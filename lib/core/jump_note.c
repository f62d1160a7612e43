/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/jump_note.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"

void jump_note_deinit(struct jump_note *note)
{
	span_set_deinit(&note->window);
	span_set_deinit(&note->memory);
	*note = (struct jump_note){ 0 };
}

/* `count` spans from `offset` on; false if they are cut off, empty, beyond any address or not of whole pages. */
static bool read_spans(struct bytes desc, uint64_t offset, uint32_t count, struct span_set *ret_set)
{
	struct bytes all;

	if (!bytes_part(desc, offset, (uint64_t)count * sizeof(struct kjump_span), &all))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct kjump_span span;

		memcpy(&span, all.data + i * sizeof(span), sizeof(span));
		if (span.start >= span.end || span.end > SPAN_ADDRESS_END || (span.start | span.end) % PAGE_SIZE_BYTES)
			return false;
		span_set_add(ret_set, (struct span){ span.start, span.end });
	}
	return true;
}

struct error *jump_note_parse(struct bytes desc, const char *from, struct jump_note *ret_note)
{
	struct jump_note note = { 0 };
	uint32_t version = bytes_u32(desc, 0);

	if (version != KJUMP_NOTE_VERSION)
		return error_new("the " KJUMP_NOTE_NAME " note in %s has version %" PRIu32 "; this program knows %d",
				 from, version, KJUMP_NOTE_VERSION);
	if (desc.size >= sizeof(note.fixed)) {
		memcpy(&note.fixed, desc.data, sizeof(note.fixed));
		uint64_t memory = note.fixed.size_bytes +
				  (uint64_t)note.fixed.window_span_count * sizeof(struct kjump_span);

		if (note.fixed.size_bytes >= sizeof(note.fixed) &&
		    read_spans(desc, note.fixed.size_bytes, note.fixed.window_span_count, &note.window) &&
		    read_spans(desc, memory, note.fixed.memory_span_count, &note.memory)) {
			*ret_note = note;
			return NULL;
		}
	}
	jump_note_deinit(&note);
	return error_new("the " KJUMP_NOTE_NAME " note in %s is damaged", from);
}

struct error *jump_note_find(const struct core_file *core, struct jump_note *ret_note)
{
	struct bytes desc;

	if (!core_file_note(core, KJUMP_NOTE_NAME, KJUMP_NOTE_TYPE, &desc))
		return error_new("%s has no " KJUMP_NOTE_NAME " note: it is not of a kernel that was jumped from with "
				 "--load-preserve-context of this program",
				 core->path);
	return jump_note_parse(desc, core->path, ret_note);
}

static uint8_t *put_spans(uint8_t *at, const struct span_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct kjump_span span = { set->items[i].start, set->items[i].end };

		memcpy(at, &span, sizeof(span));
		at += sizeof(span);
	}
	return at;
}

size_t jump_note_size_limit(size_t span_count)
{
	return sizeof(struct kjump_note) + span_count * sizeof(struct kjump_span);
}

uint8_t *jump_note_build(const struct jump_note *note, size_t *ret_size)
{
	struct kjump_note fixed = note->fixed;

	fixed.version = KJUMP_NOTE_VERSION;
	fixed.size_bytes = sizeof(fixed);
	fixed.window_span_count = (uint32_t)note->window.count;
	fixed.memory_span_count = (uint32_t)note->memory.count;
	*ret_size = jump_note_size_limit(note->window.count + note->memory.count);

	uint8_t *desc = xcalloc(*ret_size, 1);

	memcpy(desc, &fixed, sizeof(fixed));
	put_spans(put_spans(desc + sizeof(fixed), &note->window), &note->memory);
	return desc;
}
