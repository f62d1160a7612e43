/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/load/saved_memory.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/core/core_segments.h"

/* Memory of the saved kernel between two runs: it can be loaded along, with the content that the snapshot has. */
struct hole {
	size_t after; /* the run before it */
	uint64_t size_bytes;
};

static int by_size(const void *a, const void *b)
{
	const struct hole *left = a, *right = b;

	return (left->size_bytes > right->size_bytes) - (left->size_bytes < right->size_bytes);
}

static struct span hole_after(const struct saved *saved, size_t run)
{
	return (struct span){ saved->kept.items[run].end, saved->kept.items[run + 1].start };
}

/* The saved kernel's memory, as far as the note or the core shows it. */
static struct error *find_own_memory(const struct saved *saved, struct span_set *ret_own)
{
	struct core_segments at = { .core = &saved->core };
	struct elf_segment segment;
	struct error *error;

	span_set_copy(ret_own, &saved->note.memory);
	while (!(error = core_segments_next_by_address(&at, &segment)) && segment.type != PT_NULL)
		span_set_add(ret_own, span_of(segment.paddr, segment.memory_size));
	return error;
}

/* The holes, smallest first; ret_holes has room for one behind each run. */
static struct error *find_holes(const struct saved *saved, struct hole *ret_holes, size_t *ret_count)
{
	AUTO_SPAN_SET struct span_set own = { 0 };
	struct error *error = find_own_memory(saved, &own);

	*ret_count = 0;
	for (size_t i = 0; !error && i + 1 < saved->kept.count; i++)
		if (span_set_contains(&own, hole_after(saved, i)))
			ret_holes[(*ret_count)++] = (struct hole){ i, span_size(hole_after(saved, i)) };
	qsort(ret_holes, *ret_count, sizeof(*ret_holes), by_size);
	return error;
}

/* The smallest holes first: that wastes the least memory. */
static void fill_holes(const struct saved *saved, const struct hole *holes, size_t count, struct span_set *ret_joined)
{
	AUTO_FREE bool *is_joined = xcalloc(saved->kept.count, sizeof(*is_joined));

	for (size_t i = 0; i < count; i++)
		is_joined[holes[i].after] = true;
	for (size_t i = 0; i < saved->kept.count; i++) {
		span_set_add(ret_joined, saved->kept.items[i]);
		if (is_joined[i])
			span_set_add(ret_joined, hole_after(saved, i));
	}
}

struct error *saved_join_runs(struct saved *saved, uint64_t limit_bytes, bool *ret_joined)
{
	size_t hole_count, surplus;

	*ret_joined = saved->kept.count <= SAVED_SEGMENT_MAX;
	if (*ret_joined)
		return NULL;
	AUTO_FREE struct hole *holes = xcalloc(saved->kept.count, sizeof(*holes));
	AUTO_SPAN_SET struct span_set joined = { 0 };
	struct error *error = find_holes(saved, holes, &hole_count);

	surplus = saved->kept.count - SAVED_SEGMENT_MAX;
	if (error || hole_count < surplus)
		return error;
	fill_holes(saved, holes, surplus, &joined);
	*ret_joined = span_set_size(&joined) <= limit_bytes;
	if (*ret_joined)
		span_set_copy(&saved->kept, &joined);
	return NULL;
}

/* The part of a run that one PT_LOAD contains. */
struct part {
	struct span memory;
	struct bytes data;
};

/* The parts of one run, in order of address; heap. */
static struct error *find_parts(const struct loading *loading, const struct saved *saved, struct span run,
				struct part **ret_parts, size_t *ret_count)
{
	struct core_segments at = { .core = &saved->core };
	struct elf_segment segment;
	struct error *error;
	size_t capacity = 0;

	*ret_count = 0;
	while (!(error = core_segments_next_by_address(&at, &segment)) && segment.type != PT_NULL) {
		struct part part = { .memory = span_intersect(run, core_segment_held(&segment)) };

		if (span_is_empty(part.memory))
			continue;
		if (!bytes_part(loading->image.bytes, segment.file_offset + (part.memory.start - segment.paddr),
				span_size(part.memory), &part.data))
			return error_new("\"%s\" is cut off", loading->request->kernel);
		*ret_parts = xgrow(*ret_parts, &capacity, *ret_count + 1, sizeof(**ret_parts));
		(*ret_parts)[(*ret_count)++] = part;
	}
	return error;
}

/* One part that begins the run is borrowed from the file, others are copied together. Zeros follow. */
static struct error *fill_run(struct loading *loading, const struct saved *saved, struct span run)
{
	AUTO_FREE struct part *parts = NULL;
	size_t count;
	struct span used = { run.start, run.start };
	struct error *error = find_parts(loading, saved, run, &parts, &count);

	if (error || !count)
		return error;
	if (count == 1 && parts[0].memory.start == run.start) {
		plan_fill(&loading->plan, run.start, parts[0].data);
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		used.end = parts[i].memory.end > used.end ? parts[i].memory.end : used.end;
	if (span_size(used) > SIZE_MAX / 2)
		return error_new("\"%s\" is too large for this 32-bit program: restore it with krestore",
				 loading->request->kernel);

	uint8_t *data = xcalloc((size_t)span_size(used), 1);

	for (size_t i = 0; i < count; i++)
		memcpy(data + (parts[i].memory.start - run.start), parts[i].data.data, parts[i].data.size);
	plan_fill_owned(&loading->plan, run.start, data, (size_t)span_size(used));
	return NULL;
}

struct error *saved_place_runs(struct loading *loading, const struct saved *saved)
{
	struct error *error = NULL;

	for (size_t i = 0; !error && i < saved->kept.count; i++)
		error = plan_place_at(&loading->plan, loading->where, "saved memory", saved->kept.items[i]);
	plan_complete(&loading->plan, NULL);
	for (size_t i = 0; !error && i < saved->kept.count; i++)
		error = fill_run(loading, saved, saved->kept.items[i]);
	return error;
}

/* Adds memory with the content that a segment holds; without content: zeros. */
static struct error *place_part(struct loading *loading, struct span memory, const struct elf_segment *segment)
{
	struct bytes data = { 0 };
	struct error *error;

	if (span_is_empty(memory))
		return NULL;
	if (segment && !bytes_part(loading->image.bytes, segment->file_offset + (memory.start - segment->paddr),
				   span_size(memory), &data))
		return error_new("\"%s\" is cut off", loading->request->kernel);
	error = plan_place_at(&loading->plan, loading->where, segment ? "saved memory" : "zeros", memory);
	if (!error)
		plan_fill(&loading->plan, memory.start, data);
	return error;
}

/* The segments with content, in order of address. */
struct held_cursor {
	struct core_segments at;
	struct elf_segment segment;
	struct span held; /* empty after the last */
};

static struct error *next_held(struct held_cursor *cursor)
{
	struct error *error;

	do {
		error = core_segments_next_by_address(&cursor->at, &cursor->segment);
		cursor->held = core_segment_held(&cursor->segment);
	} while (!error && cursor->segment.type != PT_NULL && span_is_empty(cursor->held));
	return error;
}

/* The parts of one run. Leaves the cursor at the segment that may have parts of the next. */
static struct error *place_run_parts(struct loading *loading, struct held_cursor *cursor, struct span rest)
{
	struct error *error = NULL;

	while (!error && !span_is_empty(cursor->held) && cursor->held.start < rest.end) {
		struct span part = span_intersect(rest, cursor->held);

		if (!span_is_empty(part)) {
			error = place_part(loading, (struct span){ rest.start, part.start }, NULL);
			if (!error)
				error = place_part(loading, part, &cursor->segment);
			rest.start = part.end;
		}
		if (cursor->held.end > rest.end)
			break;
		if (!error)
			error = next_held(cursor);
	}
	return error ? error : place_part(loading, rest, NULL);
}

struct error *saved_place_parts(struct loading *loading, const struct saved *saved)
{
	struct held_cursor cursor = { .at.core = &saved->core };
	struct error *error = next_held(&cursor);

	for (size_t i = 0; !error && i < saved->kept.count; i++)
		error = place_run_parts(loading, &cursor, saved->kept.items[i]);
	return error;
}
