/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A saved kernel (an ELF core of /proc/vmcore with a KJUMP note) loaded by an
 * ordinary kexec_load: its memory as segments, and the gate that enters it.
 * Free pages are left out, and small holes filled, to meet the kernel's limits,
 * sixteen segments and half of memory; what is beyond them is placed
 * (load_placed.h). Pages of zeros that the core leaves out are zeroed.
 */
#include <elf.h>
#include <stdlib.h>

#include "include/gate_param.h"
#include "kexec/load/protocols.h"
#include "kexec/load/saved_memory.h"
#include "kexec/plan/purgatory_setup.h"
#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "lib/base/sizes.h"
#include "lib/core/absent_pages.h"
#include "lib/core/core_segments.h"
#include "lib/core/free_pages.h"
#include "lib/core/jump_note.h"
#include "lib/machine/kernel_cmdline.h"

static void saved_deinit(struct saved *saved)
{
	core_file_deinit(&saved->core);
	jump_note_deinit(&saved->note);
	span_set_deinit(&saved->kept);
}

bool loading_is_saved_kernel(const struct loading *loading)
{
	struct bytes desc;

	return loading->image.kind == IMAGE_ELF && loading->image.elf.type == ET_CORE &&
	       boot_image_find_note(&loading->image, KJUMP_NOTE_NAME, KJUMP_NOTE_TYPE, &desc);
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
static void select_free(struct loading *loading, struct saved *saved)
{
	AUTO_HOLE_SET struct hole_set free = { 0 };

	switch (saved->note.fixed.free_pages) {
	case KJUMP_FREE_ANY:
		/* Left out, as their content does not matter. If they are unknown, all is loaded, if it fits. */
		error_free(free_pages_find(&saved->core, loading->machine.arch, &free));
		span_set_remove_set(&saved->kept, &free.spans);
		break;
	case KJUMP_FREE_ZERO:
		span_set_add_set(&saved->kept, &saved->note.memory);
		break;
	default:
		span_set_add_set(&loading->poison, &saved->note.memory);
		span_set_remove_set(&loading->poison, &saved->kept);
	}
}

static struct error *select_memory(struct loading *loading, struct saved *saved)
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
	select_free(loading, saved);
	return NULL;
}

/* Why kexec_load cannot take it, heap; NULL if it can, then with few enough runs. */
static struct error *find_limit(const struct loading *loading, struct saved *saved, char **ret_why)
{
	uint64_t beside = GATE_SIZE_BYTES + PURGATORY_SIZE_BYTES, size = span_set_size(&saved->kept) + beside;
	uint64_t limit = address_align_down(loading->machine.total_ram_bytes / 2, PAGE_SIZE_BYTES);
	size_t count = saved->kept.count;
	bool joined = false;
	struct error *error = NULL;

	*ret_why = NULL;
	if (loading->poison.count) {
		*ret_why = xstrdup("free pages have to be poison, which kexec_load does not fill in");
		return NULL;
	}
	if (size <= limit)
		error = saved_join_runs(saved, limit - beside, &joined);
	if (error || joined)
		return error;

	AUTO_FREE char *is = size_text(size);
	AUTO_FREE char *most = size_text(limit);

	*ret_why = xasprintf("%s in %zu pieces, and kexec_load takes %d pieces at most, together %s", is, count,
			     SAVED_SEGMENT_MAX, most);
	return NULL;
}

static struct error *place_memory(struct loading *loading, struct saved *saved)
{
	struct error *error = find_limit(loading, saved, &loading->placed);

	if (error)
		return error;
	return loading->placed ? saved_place_parts(loading, saved) : saved_place_runs(loading, saved);
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

	if (!error && loading->request->kind == LOAD_PANIC)
		error = error_new("\"%s\" is a saved kernel, and no crash kernel; load it with -l", loading->request->kernel);
	if (!error && loading->is_jump)
		error = error_new("\"%s\" is a saved kernel: it takes this one's memory; load it with -l",
				  loading->request->kernel);
	if (!error)
		error = select_memory(loading, &saved);
	if (!error)
		error = ordinary_memory(loading, NULL);
	if (!error)
		error = place_gate(loading, &saved);
	if (!error)
		error = place_memory(loading, &saved);
	saved_deinit(&saved);
	return error;
}
