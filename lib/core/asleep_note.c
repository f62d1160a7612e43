/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/asleep_note.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/zero_page.h"

void asleep_note_deinit(struct asleep_note *note)
{
	jump_note_deinit(&note->jump);
	*note = (struct asleep_note){ 0 };
}

struct span asleep_note_room(const struct asleep_note *note)
{
	return span_of(note->fixed.room_start, note->fixed.room_size_bytes);
}

/* Whole pages, in the window. */
static bool room_is_valid(const struct asleep_note *note)
{
	const struct kjump_asleep_note *fixed = &note->fixed;

	return fixed->room_size_bytes && fixed->room_start < SPAN_ADDRESS_END &&
	       fixed->room_size_bytes < SPAN_ADDRESS_END - fixed->room_start &&
	       (fixed->room_start | fixed->room_size_bytes) % PAGE_SIZE_BYTES == 0 &&
	       span_set_contains(&note->jump.window, asleep_note_room(note));
}

struct error *asleep_note_parse(struct bytes desc, const char *from, struct asleep_note *ret_note)
{
	struct asleep_note note = { 0 };
	uint32_t version = bytes_u32(desc, 0);
	struct bytes jump;
	struct error *error;

	if (version != KJUMP_ASLEEP_NOTE_VERSION)
		return error_new("the sleeping kernel in %s was written in version %" PRIu32 "; this program knows %d", from,
				 version, KJUMP_ASLEEP_NOTE_VERSION);
	if (desc.size < sizeof(note.fixed))
		return error_new("the note of the sleeping kernel in %s is damaged", from);
	memcpy(&note.fixed, desc.data, sizeof(note.fixed));
	if (note.fixed.size_bytes < sizeof(note.fixed) || note.fixed.size_bytes > desc.size)
		return error_new("the note of the sleeping kernel in %s is damaged", from);
	jump = (struct bytes){ desc.data + note.fixed.size_bytes, desc.size - note.fixed.size_bytes };
	error = jump_note_parse(jump, from, &note.jump);
	if (!error && !room_is_valid(&note))
		error = error_new("the note of the sleeping kernel in %s is damaged", from);
	if (error) {
		asleep_note_deinit(&note);
		return error;
	}
	*ret_note = note;
	return NULL;
}

uint8_t *asleep_note_build(const struct kjump_asleep_note *fixed, struct bytes jump, size_t *ret_size)
{
	struct kjump_asleep_note written = *fixed;
	uint8_t *desc = xcalloc(sizeof(written) + jump.size, 1);

	written.version = KJUMP_ASLEEP_NOTE_VERSION;
	written.size_bytes = sizeof(written);
	memcpy(desc, &written, sizeof(written));
	memcpy(desc + sizeof(written), jump.data, jump.size);
	*ret_size = sizeof(written) + jump.size;
	return desc;
}

bool asleep_digest_page(struct xxh64 *digest, uint64_t phys, const uint8_t *page)
{
	if (is_zero_page(page))
		return false;
	xxh64_update(digest, &phys, sizeof(phys));
	xxh64_update(digest, page, PAGE_SIZE_BYTES);
	return true;
}

bool asleep_note_find(const struct core_file *core, struct bytes *ret_desc)
{
	return core_file_note(core, KJUMP_NOTE_NAME, KJUMP_ASLEEP_NOTE_TYPE, ret_desc);
}
