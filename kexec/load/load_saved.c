/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A saved kernel (an ELF core of /proc/vmcore with a KJUMP note) loaded by an
 * ordinary kexec_load: its memory as segments, and the gate that enters it.
 * Bound by the kernel's limits, sixteen segments and half of memory; free
 * pages are left out, and small holes filled, to meet them. Pages of zeros that
 * the core leaves out are zeroed.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "include/gate_param.h"
#include "kexec/load/protocols.h"
#include "kexec/plan/purgatory_setup.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/core/absent_pages.h"
#include "lib/core/core_segments.h"
#include "lib/core/free_pages.h"
#include "lib/core/jump_note.h"
#include "lib/machine/kernel_cmdline.h"

/* Gate and purgatory take two of the segments. */
#define SAVED_SEGMENT_MAX (PLAN_SEGMENT_MAX - 2)

struct saved {
	struct core_file core;
	struct jump_note note;
	struct span_set kept;  /* memory to load, whole pages */
	uint64_t entry;
};

static void saved_deinit(struct saved *saved)
{
	core_file_deinit(&saved->core);
	jump_note_deinit(&saved->note);
	span_set_deinit(&saved->kept);
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
	const struct arch *arch = loading->machine.arch;
	struct error *error = core_file_open(&saved->core, request->kernel);

	if (!error)
		error = jump_note_find(&saved->core, &saved->note);
	if (error)
		return error;
	if (saved->core.elf.machine != arch->elf_machine)
		return error_new("\"%s\" is of a kernel of another architecture than this %s one", request->kernel,
				 arch->name);
	error = kernel_map_check_levels(arch, kernel_map_levels(request->root, arch), "saved kernel",
					saved->note.fixed.paging_levels);
	if (error)
		return error;
	if (request->entry)
		return jump_back_entry_parse(request->entry, "--entry", &saved->entry);
	saved->entry = saved->note.fixed.jump_back_entry;
	return saved->entry ? NULL :
			      error_new("\"%s\" has no jump-back entry; give --entry", request->kernel);
}

/* Free pages may be missing in a snapshot: whether they are loaded depends on the content that their kernel expects. */
static struct error *select_free(const struct loading *loading, struct saved *saved)
{
	AUTO_SPAN_SET struct span_set missing = { 0 };
	AUTO_HOLE_SET struct hole_set free = { 0 };

	switch (saved->note.fixed.free_pages) {
	case KJUMP_FREE_ANY:
		/* Left out, as their content does not matter. If they are unknown, all is loaded, if it fits. */
		error_free(free_pages_find(&saved->core, loading->machine.arch, &free));
		span_set_remove_set(&saved->kept, &free.spans);
		return NULL;
	case KJUMP_FREE_ZERO:
		span_set_add_set(&saved->kept, &saved->note.memory);
		return NULL;
	default:
		span_set_add_set(&missing, &saved->note.memory);
		span_set_remove_set(&missing, &saved->kept);
		return !missing.count ? NULL :
					error_new("\"%s\" leaves out %" PRIu64 " KiB of free pages, which its kernel "
						  "wants filled with poison (page_poison=1): restore it with krestore",
						  saved->core.path, span_set_size(&missing) / 1024);
	}
}

static struct error *select_memory(const struct loading *loading, struct saved *saved)
{
	AUTO_HOLE_SET struct hole_set not_zero = { 0 };
	AUTO_SPAN_SET struct span_set zeros = { 0 };
	struct core_segments at = { .core = &saved->core };
	struct elf_segment segment;
	struct error *error = absent_pages_not_zero(&saved->core, &saved->note, &not_zero);

	while (!error && !(error = core_segments_next_by_address(&at, &segment)) && segment.type != PT_NULL) {
		error = core_segment_check_pages(&saved->core, &segment);
		span_set_add(&saved->kept, core_segment_held(&segment));
		span_set_add(&zeros, core_segment_absent(&segment));
	}
	if (error)
		return error;
	span_set_remove_set(&zeros, &not_zero.spans);
	span_set_add_set(&saved->kept, &zeros);
	return select_free(loading, saved);
}

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

/* Fills the smallest holes until there are few enough runs: that wastes the least memory. */
static struct error *join_runs(struct saved *saved)
{
	struct span_set joined = { 0 };
	size_t hole_count, surplus;

	if (saved->kept.count <= SAVED_SEGMENT_MAX)
		return NULL;
	AUTO_FREE struct hole *holes = xcalloc(saved->kept.count, sizeof(*holes));
	AUTO_FREE bool *is_joined = xcalloc(saved->kept.count, sizeof(*is_joined));
	struct error *error = find_holes(saved, holes, &hole_count);

	if (error)
		return error;
	surplus = saved->kept.count - SAVED_SEGMENT_MAX;
	if (hole_count < surplus)
		return error_new("\"%s\" is in %zu pieces, and the kernel takes at most %d: restore it with krestore",
				 saved->core.path, saved->kept.count - hole_count, SAVED_SEGMENT_MAX);
	for (size_t i = 0; i < surplus; i++)
		is_joined[holes[i].after] = true;
	for (size_t i = 0; i < saved->kept.count; i++) {
		span_set_add(&joined, saved->kept.items[i]);
		if (is_joined[i])
			span_set_add(&joined, hole_after(saved, i));
	}
	span_set_deinit(&saved->kept);
	saved->kept = joined;
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

/* Checks the kernel's limits before it copies content. */
static struct error *place_runs(struct loading *loading, const struct saved *saved)
{
	struct error *error = NULL;

	for (size_t i = 0; !error && i < saved->kept.count; i++)
		error = plan_place_at(&loading->plan, loading->where, "saved memory", saved->kept.items[i]);
	if (error)
		return error;
	plan_complete(&loading->plan, NULL);
	error = error_prefix(plan_check(&loading->plan, loading->machine.total_ram_bytes),
			     "\"%s\" has to be restored with krestore", loading->request->kernel);
	for (size_t i = 0; !error && i < saved->kept.count; i++)
		error = fill_run(loading, saved, saved->kept.items[i]);
	return error;
}

/* Gate and purgatory: in the window, of which the snapshot has no memory. */
static struct error *place_gate(struct loading *loading, const struct saved *saved)
{
	const struct arch *arch = loading->machine.arch;
	struct span window = span_intersect(span_set_largest(&saved->note.window), (struct span){ 0, 4 * GIB });
	const struct plan_need need = { "purgatory", PURGATORY_SIZE_BYTES, 0, window, true };
	const struct gate_param param = { .peer_entry = saved->entry,
					  .peer_gdt = saved->note.fixed.gdt,
					  .flags = GATE_LOCAL_ENDED };
	const char *where = "the snapshot's window";
	uint64_t gate, purgatory;

	if (span_is_empty(window))
		return error_new("\"%s\" names no window below 4 GiB, and there the gate would have to be",
				 loading->request->kernel);
	struct error *error = gate_place(&loading->plan, where, window, true, arch, param, &gate);

	if (!error)
		error = plan_place(&loading->plan, where, &need, 1, &purgatory);
	if (error)
		return error;
	loading_set_purgatory(loading, purgatory,
			      (struct purgatory_param){ .target_mode = arch->is_64 ? PURGATORY_TARGET_64 :
										     PURGATORY_TARGET_32,
							.entry = gate + GATE_ENTRY_LOCAL,
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
	if (!error)
		error = select_memory(loading, &saved);
	if (!error)
		error = join_runs(&saved);
	if (!error)
		error = ordinary_memory(loading, NULL);
	if (!error)
		error = place_gate(loading, &saved);
	if (!error)
		error = place_runs(loading, &saved);
	saved_deinit(&saved);
	return error;
}
