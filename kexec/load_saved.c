/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A saved kernel (an ELF core of /proc/vmcore with a KJUMP note) loaded by an
 * ordinary kexec_load: its memory as segments, and the gate that goes to it.
 * Bound by the kernel's limits, sixteen segments and half of memory; free
 * pages are left out, and small holes filled, to meet them.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core_file.h"
#include "free_pages.h"
#include "gate_param.h"
#include "jump_note.h"
#include "kernel_cmdline.h"
#include "loading.h"
#include "memory.h"
#include "purgatory_setup.h"

/* Gate and purgatory take two of the segments. */
#define SAVED_SEGMENT_MAX (PLAN_SEGMENT_MAX - 2)

/* A run of the image's pages that lies in one PT_LOAD. */
struct run {
	struct span memory;
	const struct elf_segment *segment;
};

struct saved {
	struct core_file core;
	struct jump_note note;
	struct span_set kept; /* memory to load */
	struct run *runs;
	size_t run_count;
	size_t run_capacity;
	uint64_t entry;
};

static void saved_deinit(struct saved *saved)
{
	core_file_deinit(&saved->core);
	jump_note_deinit(&saved->note);
	span_set_deinit(&saved->kept);
	free(saved->runs);
}

bool loading_is_saved_kernel(const struct loading *loading)
{
	if (loading->image.kind != IMAGE_ELF || loading->image.elf.type != ET_CORE)
		return false;
	for (size_t i = 0; i < loading->image.elf.segment_count; i++) {
		const struct elf_segment *segment = &loading->image.elf.segments[i];
		struct bytes notes, desc;

		if (segment->type == PT_NOTE &&
		    bytes_part(loading->image.bytes, segment->file_offset, segment->file_size, &notes) &&
		    elf_note_find(notes, KJUMP_NOTE_NAME, KJUMP_NOTE_TYPE, &desc))
			return true;
	}
	return false;
}

static struct error *open_saved(const struct loading *loading, struct saved *saved)
{
	const struct request *request = loading->request;
	struct error *error = core_file_open(&saved->core, request->kernel);

	if (!error)
		error = jump_note_find(&saved->core, &saved->note);
	if (error)
		return error;
	if (saved->core.elf.machine != loading->machine.arch->elf_machine)
		return error_new("\"%s\" is of a kernel of another architecture than this %s one", request->kernel,
				 loading->machine.arch->name);
	if (request->entry)
		return jump_back_entry_parse(request->entry, "--entry", &saved->entry);
	saved->entry = saved->note.fixed.jump_back_entry;
	return saved->entry ? NULL :
			      error_new("\"%s\" does not say where its kernel goes on; give --entry", request->kernel);
}

/* Free pages are left out if nobody looks at what is in them. */
static void select_memory(const struct loading *loading, struct saved *saved)
{
	AUTO_SPAN_SET struct span_set free = { 0 };

	for (size_t i = 0; i < saved->core.elf.segment_count; i++) {
		const struct elf_segment *segment = &saved->core.elf.segments[i];

		if (core_segment_is_direct(&saved->core, segment))
			span_set_add(&saved->kept, span_of(segment->paddr, segment->file_size));
	}
	if (saved->note.fixed.free_pages != KJUMP_FREE_ANY)
		return;
	/* Without knowing them, all is loaded, if it fits. */
	error_free(free_pages_find(&saved->core, loading->machine.arch, &free));
	span_set_remove_set(&saved->kept, &free);
}

static int by_address(const void *a, const void *b)
{
	const struct run *left = a, *right = b;

	return (left->memory.start > right->memory.start) - (left->memory.start < right->memory.start);
}

static void add_run(struct saved *saved, struct span memory, const struct elf_segment *segment)
{
	if (span_is_empty(memory))
		return;
	saved->runs = xgrow(saved->runs, &saved->run_capacity, saved->run_count + 1, sizeof(*saved->runs));
	saved->runs[saved->run_count++] = (struct run){ memory, segment };
}

static void find_runs(struct saved *saved)
{
	for (size_t i = 0; i < saved->core.elf.segment_count; i++) {
		const struct elf_segment *segment = &saved->core.elf.segments[i];

		for (size_t kept = 0; core_segment_is_direct(&saved->core, segment) && kept < saved->kept.count; kept++)
			add_run(saved, span_intersect(saved->kept.items[kept], span_of(segment->paddr, segment->file_size)),
				segment);
	}
	if (saved->run_count)
		qsort(saved->runs, saved->run_count, sizeof(*saved->runs), by_address);
}

/* A hole between two runs of one PT_LOAD: the file has its content, so it can be loaded along. */
struct hole {
	size_t after; /* the run before it */
	uint64_t size_bytes;
};

static int by_size(const void *a, const void *b)
{
	const struct hole *left = a, *right = b;

	return (left->size_bytes > right->size_bytes) - (left->size_bytes < right->size_bytes);
}

/* The holes, smallest first; heap. */
static struct hole *find_holes(const struct saved *saved, size_t *ret_count)
{
	struct hole *holes = xcalloc(saved->run_count, sizeof(*holes));

	*ret_count = 0;
	for (size_t i = 0; i + 1 < saved->run_count; i++) {
		struct span hole = { saved->runs[i].memory.end, saved->runs[i + 1].memory.start };

		if (saved->runs[i].segment == saved->runs[i + 1].segment)
			holes[(*ret_count)++] = (struct hole){ i, span_size(hole) };
	}
	qsort(holes, *ret_count, sizeof(*holes), by_size);
	return holes;
}

/* Fills the smallest holes until there are few enough runs: that wastes the least memory. */
static struct error *join_runs(struct saved *saved)
{
	size_t hole_count, surplus, left = 0;

	if (saved->run_count <= SAVED_SEGMENT_MAX)
		return NULL;
	AUTO_FREE struct hole *holes = find_holes(saved, &hole_count);
	AUTO_FREE bool *is_joined = xcalloc(saved->run_count, sizeof(*is_joined));

	surplus = saved->run_count - SAVED_SEGMENT_MAX;
	if (hole_count < surplus)
		return error_new("\"%s\" is in %zu pieces, and the kernel takes at most %d: restore it with krestore",
				 saved->core.path, saved->run_count - hole_count, SAVED_SEGMENT_MAX);
	for (size_t i = 0; i < surplus; i++)
		is_joined[holes[i].after] = true;
	for (size_t i = 1; i < saved->run_count; i++) {
		if (is_joined[i - 1])
			saved->runs[left].memory.end = saved->runs[i].memory.end;
		else
			saved->runs[++left] = saved->runs[i];
	}
	saved->run_count = left + 1;
	return NULL;
}

static struct error *place_runs(struct loading *loading, const struct saved *saved)
{
	for (size_t i = 0; i < saved->run_count; i++) {
		const struct run *run = &saved->runs[i];
		struct bytes data;
		struct error *error = plan_place_at(&loading->plan, loading->where, "saved memory", run->memory);

		if (error)
			return error;
		if (!bytes_part(loading->image.bytes,
				run->segment->file_offset + (run->memory.start - run->segment->paddr),
				span_size(run->memory), &data))
			return error_new("\"%s\" is cut off", loading->request->kernel);
		plan_fill(&loading->plan, run->memory.start, data);
	}
	return NULL;
}

/* Gate and purgatory: in the window, where the image has nothing. */
static struct error *place_gate(struct loading *loading, const struct saved *saved)
{
	const struct arch *arch = loading->machine.arch;
	struct span window = span_intersect(span_set_largest(&saved->note.window), (struct span){ 0, UINT64_C(1) << 32 });
	const struct plan_need needs[] = {
		{ "gate", GATE_SIZE_BYTES, 0, window, true },
		{ "purgatory", arch->purgatory->memory_size_bytes, 0, window, true },
	};
	uint64_t starts[ARRAY_COUNT(needs)];

	if (span_is_empty(window))
		return error_new("\"%s\" names no window below 4 GiB, and there the gate would have to be",
				 loading->request->kernel);
	struct error *error = plan_place(&loading->plan, "the image's window", needs, ARRAY_COUNT(needs), starts);

	if (error)
		return error;
	gate_fill(&loading->plan, starts[0], arch,
		  (struct gate_param){ .peer_entry = saved->entry,
				       .peer_gdt = saved->note.fixed.gdt,
				       .flags = GATE_LOCAL_GONE });
	loading_set_purgatory(loading, starts[1],
			      (struct purgatory_param){ .target_mode = arch->is_64 ? PURGATORY_TARGET_64 :
										     PURGATORY_TARGET_32,
							.entry = starts[0] + GATE_ENTRY_LOCAL,
							.flags = PURGATORY_KEEP_STACK });
	return NULL;
}

struct error *load_saved_kernel(struct loading *loading)
{
	struct saved saved = { 0 };
	struct error *error = open_saved(loading, &saved);

	if (!error && loading->is_jump)
		error = error_new("\"%s\" is a saved kernel: it takes this one's memory; load it with -l",
				  loading->request->kernel);
	if (!error) {
		select_memory(loading, &saved);
		find_runs(&saved);
		error = join_runs(&saved);
	}
	if (!error)
		error = ordinary_memory(loading, NULL);
	if (!error)
		error = place_gate(loading, &saved);
	if (!error)
		error = place_runs(loading, &saved);
	saved_deinit(&saved);
	return error;
}
