/* SPDX-License-Identifier: GPL-2.0-only */
#include "kdump/selection.h"

#include <elf.h>

#include "lib/base/zero_page.h"
#include "lib/core/absent_pages.h"
#include "lib/core/arch.h"
#include "lib/core/core_segments.h"
#include "lib/core/free_pages.h"
#include "lib/core/jump_note.h"

struct error *selection_init(struct selection *selection, const struct core_file *core)
{
	AUTO_JUMP_NOTE struct jump_note note = { 0 };

	*selection = (struct selection){ .core = core };
	/* A core without the note cannot be restored, but it can be saved. */
	error_free(jump_note_find(core, &note));
	return absent_pages_not_zero(core, &note, &selection->not_zero);
}

void selection_deinit(struct selection *selection)
{
	hole_set_deinit(&selection->not_zero);
	hole_set_deinit(&selection->free);
	hole_set_deinit(&selection->zero);
}

struct error *selection_leave_out_free(struct selection *selection, uint64_t least_bytes)
{
	const struct arch *arch = arch_by_elf_machine(selection->core->elf.machine);

	hole_set_deinit(&selection->free);
	selection->free = (struct hole_set){ .least_bytes = least_bytes, .count_max = HOLE_COUNT_MAX };
	return free_pages_find(selection->core, arch, &selection->free);
}

/* An enumeration of a selection: its place in memory and in each set. */
struct walk {
	const struct selection *selection;
	piece_function *act;
	void *context;
	uint64_t end; /* of the last range that was emitted or left out */
	size_t next_free, next_not_zero, next_zero;
};

/* Cuts *part to a range that is emitted as a whole, or left out as a whole; returns whether it is emitted. */
static bool is_emitted(struct walk *walk, bool is_absent, struct span *part)
{
	const struct selection *selection = walk->selection;

	if (span_set_split(&selection->free.spans, &walk->next_free, part))
		return false;
	return !is_absent || !span_set_split(&selection->not_zero.spans, &walk->next_not_zero, part);
}

/* Emits the selected pieces of `memory`; skips ranges already emitted. */
static struct error *emit(struct walk *walk, const struct elf_segment *segment, struct span memory, bool is_absent)
{
	struct span rest = span_intersect(memory, (struct span){ walk->end, SPAN_ADDRESS_END });
	struct error *error = NULL;

	while (!error && !span_is_empty(rest)) {
		struct core_piece piece = { .memory = rest, .segment = *segment };

		if (is_emitted(walk, is_absent, &piece.memory)) {
			piece.is_zero = span_set_split(&walk->selection->zero.spans, &walk->next_zero, &piece.memory);
			error = walk->act(walk->context, &piece);
		}
		walk->end = piece.memory.end;
		rest.start = piece.memory.end;
	}
	return error;
}

struct error *selection_each(const struct selection *selection, piece_function *act, void *context)
{
	struct core_segments at = { .core = selection->core };
	struct walk walk = { .selection = selection, .act = act, .context = context };
	struct elf_segment segment;
	struct error *error;

	while (!(error = core_segments_next_by_address(&at, &segment)) && segment.type != PT_NULL) {
		error = emit(&walk, &segment, span_pages_inward(core_segment_held(&segment)), false);
		if (!error)
			error = emit(&walk, &segment, core_segment_absent(&segment), true);
		if (error)
			return error;
	}
	return error;
}

static struct error *measure_piece(void *context, const struct core_piece *piece)
{
	struct selection_size *size = context;

	size->piece_count++;
	if (!piece->is_zero)
		size->bytes += span_size(piece->memory);
	return NULL;
}

struct error *selection_measure(const struct selection *selection, struct selection_size *ret_size)
{
	*ret_size = (struct selection_size){ 0 };
	return selection_each(selection, measure_piece, ret_size);
}

struct reading {
	struct core_source *source;
	content_function *act;
	void *context;
};

static struct error *read_piece(void *context, const struct core_piece *piece)
{
	const struct reading *reading = context;
	struct span rest = piece->memory;
	struct error *error = NULL;

	while (!error && !piece->is_zero && !span_is_empty(rest)) {
		struct span memory = rest;
		const uint8_t *data;

		error = core_source_read(reading->source, &piece->segment, &memory, &data);
		if (!error)
			error = reading->act(reading->context, memory, data);
		rest.start = memory.end;
	}
	return error;
}

struct error *selection_read(const struct selection *selection, struct core_source *source, content_function *act,
			     void *context)
{
	struct reading reading = { source, act, context };

	return selection_each(selection, read_piece, &reading);
}

/* A piece of zeros costs a program header, and a look-up in each program that reads the file. */
#define LEAST_ZERO_BYTES (16 * PAGE_SIZE_BYTES)

static struct error *find_zero_pages(void *context, struct span memory, const uint8_t *data)
{
	struct hole_set *zero = context;

	for (uint64_t at = memory.start; at < memory.end; at += PAGE_SIZE_BYTES, data += PAGE_SIZE_BYTES)
		if (is_zero_page(data))
			hole_set_add(zero, span_of(at, PAGE_SIZE_BYTES));
	return NULL;
}

struct error *selection_find_zeros(struct selection *selection, struct core_source *source)
{
	AUTO_HOLE_SET struct hole_set zero = { .least_bytes = LEAST_ZERO_BYTES, .count_max = HOLE_COUNT_MAX };
	struct error *error = selection_read(selection, source, find_zero_pages, &zero);

	if (error)
		return error;
	hole_set_end(&zero);
	selection->zero = zero;
	zero = (struct hole_set){ 0 };
	return NULL;
}
