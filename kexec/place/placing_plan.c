/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/place/placing_plan.h"

#include <string.h>

#include "kexec/plan/purgatory_setup.h"
#include "kexec/plan/sys.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "purgatory/identity_map.h"

#define WHERE "the snapshot's window"

enum need { NEED_PROGRAM, NEED_TABLES, NEED_LISTS, NEED_COUNT };

void placing_plan_deinit(struct placing_plan *plan)
{
	plan_deinit(&plan->plan);
	span_set_deinit(&plan->taken);
}

/* The pages of this size that a span touches. */
static uint64_t pages_touched(struct span span, uint64_t size)
{
	return (address_align_up(span.end, size) - address_align_down(span.start, size)) / size;
}

/* An upper bound of page tables for all of this machine's memory: none where a page of 1 GiB does. */
static uint64_t tables_size(const struct machine *machine)
{
	uint64_t count = 2;

	if (!machine->arch->is_64)
		return 0;
	for (size_t i = 0; i < machine->ram.count; i++) {
		struct span span = machine->ram.items[i];
		uint64_t tables = pages_touched(span, GIB);

		/* Whole ones only: at most the first and the last are not. */
		if (machine->cpus.has_gib_pages && tables > 2)
			tables = 2;
		/* One more table of each upper level at every border that is crossed. */
		count += 2 + tables + pages_touched(span, 512 * GIB);
	}
	return count * IDENTITY_MAP_TABLE_BYTES;
}

static uint64_t lists_size_limit(const struct placement *placement, const struct machine *machine)
{
	_Static_assert(sizeof(struct place_copy) == sizeof(struct place_fill), "a piece is a piece");
	return machine->ram.count * sizeof(struct place_span) + placement_piece_limit(placement) * sizeof(struct place_copy);
}

/* Behind what the plan has already. */
static struct error *place_parts(struct placing_plan *plan, const char *where, const struct placement *placement,
				 const struct machine *machine)
{
	const struct span within = GATE_MEMORY;
	const struct plan_need needs[NEED_COUNT] = {
		[NEED_PROGRAM] = { .what = "placing program", .size_bytes = PLACE_SIZE_BYTES, .within = within, .high = true },
		[NEED_TABLES] = { .what = "page tables", .size_bytes = tables_size(machine), .within = within, .high = true },
		[NEED_LISTS] = { .what = "lists of copies", .size_bytes = lists_size_limit(placement, machine),
				 .within = within, .high = true },
	};
	uint64_t starts[NEED_COUNT];
	struct error *error = plan_place(&plan->plan, where, needs, NEED_COUNT, starts);

	if (error)
		return error;
	plan->program = starts[NEED_PROGRAM];
	plan->tables = starts[NEED_TABLES];
	plan->tables_size_bytes = needs[NEED_TABLES].size_bytes;
	plan->lists = starts[NEED_LISTS];
	for (size_t i = 0; i < plan->plan.count; i++)
		span_set_add(&plan->taken, plan->plan.segments[i].memory);
	return NULL;
}

struct error *placing_plan_init(struct placing_plan *plan, const struct placement *placement, const struct machine *machine,
				uint64_t entry)
{
	struct gate_param param = { .peer_entry = entry, .peer_gdt = placement->note->fixed.gdt, .flags = GATE_LOCAL_ENDED };
	AUTO_SPAN_SET struct span_set room = { 0 };
	uint64_t gate = 0;

	*plan = (struct placing_plan){ 0 };
	span_set_copy(&room, &placement->note->window);
	span_set_keep_set(&room, &machine->ram);
	/* A jump exchanges what is there, and offline CPUs must not see that. */
	span_set_remove_set(&room, &machine->parked);
	/* The kernel writes the segments before the program compares that page. */
	span_set_remove(&room, span_of(owner_page_address(&placement->owner), PAGE_SIZE_BYTES));
	plan_init(&plan->plan, &room);

	struct error *error = gate_place(&plan->plan, WHERE, GATE_MEMORY, true, machine->arch, param, &gate);

	plan->next = gate + GATE_ENTRY_LOCAL;
	return error ? error : place_parts(plan, WHERE, placement, machine);
}

struct error *placing_plan_init_in(struct placing_plan *plan, const struct span_set *room, const char *where,
				   const struct placement *placement, const struct machine *machine, uint64_t next)
{
	*plan = (struct placing_plan){ .next = next };
	plan_init(&plan->plan, room);
	return place_parts(plan, where, placement, machine);
}

/* Writes spans, copies and fills one after the other, and the parameters that point to them. */
static uint8_t *make_lists(const struct placing_plan *plan, const struct placement *placement,
			   const struct machine *machine, struct place_param *param, size_t *ret_size)
{
	size_t spans = machine->ram.count * sizeof(struct place_span);
	size_t copies = placement->copy_count * sizeof(struct place_copy);
	size_t fills = placement->fill_count * sizeof(struct place_fill);
	uint8_t *lists = xcalloc(spans + copies + fills, 1);
	struct place_span *span = (struct place_span *)lists;

	for (size_t i = 0; i < machine->ram.count; i++)
		span[i] = (struct place_span){ machine->ram.items[i].start, span_size(machine->ram.items[i]) };
	if (copies)
		memcpy(lists + spans, placement->copies, copies);
	if (fills)
		memcpy(lists + spans + copies, placement->fills, fills);
	param->spans = plan->lists;
	param->span_count = machine->ram.count;
	param->copies = param->spans + spans;
	param->copy_count = placement->copy_count;
	param->fills = param->copies + copies;
	param->fill_count = placement->fill_count;
	*ret_size = spans + copies + fills;
	return lists;
}

struct error *placing_plan_fill(struct placing_plan *plan, const struct placement *placement, const struct machine *machine)
{
	struct place_param param = { .gate_entry = plan->next,
				     .flags = machine->cpus.has_gib_pages ? PLACE_GIB_PAGES : 0,
				     .tables = plan->tables,
				     .tables_size_bytes = plan->tables_size_bytes,
				     .digest = placement_digest(placement) };
	size_t size;
	uint8_t *lists = make_lists(plan, placement, machine, &param, &size);

	plan_fill_owned(&plan->plan, plan->lists, lists, size);
	/* Its size was a limit; the kernel takes pages for all of a segment. */
	plan_segment_at(&plan->plan, plan->lists)->memory = span_pages_outward(span_of(plan->lists, size));
	place_fill(&plan->plan, plan->program, machine->arch, param);
	plan->plan.entry = plan->program;
	plan->plan.flags = machine->arch->kexec_flag;
	plan_complete(&plan->plan, NULL);
	return plan_check(&plan->plan, machine->total_ram_bytes);
}

struct error *placing_plan_load(struct placing_plan *plan, const struct arch *arch, const struct placing_exit *exit)
{
	struct plan_segment *program = plan_segment_at(&plan->plan, plan->program);
	struct place_param *param = (struct place_param *)(program->owned + PLACE_PARAM_OFFSET);

	param->local_gdt = exit->local_gdt;
	param->token = exit->token;
	param->flags &= ~(uint64_t)PLACE_JUMP;
	param->flags |= exit->is_jump ? PLACE_JUMP : 0;
	plan->plan.flags = arch->kexec_flag | (exit->is_jump ? SYS_KEXEC_PRESERVE_CONTEXT : 0);
	return sys_kexec_load(&plan->plan, "/");
}
