/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/load/load_placed.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "kexec/place/placement.h"
#include "kexec/place/placing_plan.h"
#include "kexec/place/staged_pages.h"
#include "kexec/plan/sys.h"
#include "lib/core/jump_note.h"
#include "lib/machine/memory_encryption.h"

static struct span data_pages(const struct plan_segment *segment)
{
	return span_pages_outward(span_of(segment->memory.start, segment->data.size));
}

static uint64_t data_size(const struct plan *plan)
{
	uint64_t size = 0;

	for (size_t i = 0; i < plan->count; i++)
		size += span_size(data_pages(&plan->segments[i]));
	return size;
}

struct error *load_placed_check(const struct loading *loading)
{
	const struct plan *plan = &loading->plan;
	uint64_t reach = loading->machine.arch->address_end;
	struct error *error = NULL;

	if (plan->count && plan->segments[plan->count - 1].memory.end > reach)
		return error_new("\"%s\" has memory at 0x%" PRIx64 ", and a 32-bit kernel places nothing from 4 GiB on",
				 loading->request->kernel, plan->segments[plan->count - 1].memory.end - 1);
	for (size_t i = 0; i < loading->poison.count; i++)
		if (!span_set_contains(&plan->free, loading->poison.items[i]))
			return error_new("\"%s\" has memory at 0x%" PRIx64 "-0x%" PRIx64 ", which is not free memory in %s",
					 loading->request->kernel, loading->poison.items[i].start,
					 loading->poison.items[i].end - 1, loading->where);
	error = memory_encryption_check(loading->request->root);
	/* What is loaded now may hold memory; a load counts it when that is given back. */
	if (!error && loading->request->dry_run)
		error = staged_pages_check_room(loading->request->root, data_size(plan));
	return error_prefix(error, "\"%s\"", loading->request->kernel);
}

/* All content that has to be there when the plan's entry is called. */
static void want_memory(struct placement *placement, struct jump_note *note, const struct loading *loading)
{
	const struct plan *plan = &loading->plan;

	span_set_copy(&note->memory, &loading->poison);
	for (size_t i = 0; i < plan->count; i++)
		span_set_add(&note->memory, plan->segments[i].memory);
	note->fixed.free_pages = loading->poison.count ? KJUMP_FREE_POISON : KJUMP_FREE_ANY;
	placement_init(placement, note, &loading->machine.ram, loading->machine.arch->address_end);
	placement->compares_all = true;
	for (size_t i = 0; i < plan->count; i++) {
		struct span data = data_pages(&plan->segments[i]);

		placement_want(placement, data, false);
		placement_want(placement, (struct span){ data.end, plan->segments[i].memory.end }, true);
	}
}

/* Takes as many pages as the content has, and more for those that cannot be used. */
static struct error *take_pages(struct placement *placement, const struct span_set *taken, int fd)
{
	uint64_t count = placement->data_pages;

	for (;;) {
		struct error *error = staged_pages_grow(fd, (size_t)count);

		if (!error)
			error = page_pool_map(&placement->pool, fd, (size_t)count);
		if (!error)
			error = placement_account(placement, 0);
		if (error)
			return error;

		uint64_t lacking = placement_lacking(placement, taken);

		if (!lacking)
			return NULL;
		count += lacking;
		page_pool_release(&placement->pool);
	}
}

static void write_content(const struct placement *placement, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_segment *segment = &plan->segments[i];

		for (uint64_t done = 0, room; done < segment->data.size; done += room) {
			uint8_t *to = placement_at(placement, segment->memory.start + done, &room);

			if (room > segment->data.size - done)
				room = segment->data.size - done;
			memcpy(to, segment->data.data + done, (size_t)room);
		}
	}
}

static struct error *place(const struct loading *loading, struct placement *placement, int fd)
{
	AUTO_PLACING_PLAN struct placing_plan plan = { 0 };
	AUTO_SPAN_SET struct span_set room = { 0 };
	struct error *error;

	span_set_copy(&room, &loading->plan.free);
	span_set_remove_set(&room, &loading->poison);
	error = placing_plan_init_in(&plan, &room, loading->where, placement, &loading->machine, loading->plan.entry);
	if (!error)
		error = take_pages(placement, &plan.taken, fd);
	if (!error)
		error = placement_assign(placement, &plan.taken);
	if (error)
		return error;
	write_content(placement, &loading->plan);
	/* A file that changed while it was read. */
	error = loading_check_files(loading);
	if (!error)
		error = placing_plan_fill(&plan, placement, &loading->machine);
	if (!error)
		error = staged_pages_record(&placement->pool);
	if (!error)
		error = sys_kexec_load(&plan.plan, loading->request->root);
	return error;
}

static struct error *unload_placed(const struct arch *arch)
{
	struct error *error = sys_kexec_unload(arch, false);

	if (!error)
		staged_pages_record_load(LOADED_FOR_GOOD);
	return error;
}

static struct error *refused(const struct loading *loading, struct error *error)
{
	return error_prefix(error, "\"%s\" is beyond kexec_load (%s) and cannot be placed", loading->request->kernel,
			    loading->placed);
}

struct error *load_placed(const struct loading *loading)
{
	AUTO_PLACEMENT struct placement placement = { 0 };
	struct jump_note note = { 0 };
	int fd;
	struct error *error = page_pool_try();

	if (!error && staged_pages_exist())
		error = unload_placed(loading->machine.arch);
	if (!error)
		error = staged_pages_create(&fd);
	if (error)
		return refused(loading, error);
	want_memory(&placement, &note, loading);
	error = place(loading, &placement, fd);
	close(fd);
	jump_note_deinit(&note);
	if (error)
		staged_pages_release();
	return refused(loading, error);
}
