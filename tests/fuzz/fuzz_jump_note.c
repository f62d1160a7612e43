/* SPDX-License-Identifier: GPL-2.0-only */
/* The KJUMP note: what is accepted can be written again, and then reads the same. */
#include "lib/base/alloc.h"
#include "lib/core/jump_note.h"
#include "tests/fuzz/fuzz.h"

static void check_pages(const struct span_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		REQUIRE((set->items[i].start | set->items[i].end) % PAGE_SIZE_BYTES == 0);
}

static void check_again(const struct jump_note *note)
{
	AUTO_JUMP_NOTE struct jump_note again = { 0 };
	size_t size;
	AUTO_FREE uint8_t *desc = jump_note_build(note, &size);

	check_pages(&note->window);
	check_pages(&note->memory);
	REQUIRE(size <= jump_note_size_limit(note->window.count + note->memory.count));
	struct error *error = jump_note_parse((struct bytes){ desc, size }, "itself", &again);
	REQUIRE(!error);
	REQUIRE(again.fixed.jump_back_entry == note->fixed.jump_back_entry && again.fixed.gdt == note->fixed.gdt);
	REQUIRE(again.window.count == note->window.count && again.memory.count == note->memory.count);
	REQUIRE(span_set_size(&again.window) == span_set_size(&note->window));
	REQUIRE(span_set_size(&again.memory) == span_set_size(&note->memory));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_JUMP_NOTE struct jump_note note = { 0 };

	struct error *error = jump_note_parse((struct bytes){ data, size }, "the input", &note);
	if (!error)
		check_again(&note);
	error_free(error);
	return 0;
}
