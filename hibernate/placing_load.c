/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/placing_load.h"

#include <inttypes.h>
#include <unistd.h>

#include "kexec/plan/sys.h"
#include "kexec/plan/why_refused.h"

void placing_deinit(struct placing *placing)
{
	placing_plan_deinit(&placing->plan);
	placement_deinit(&placing->placement);
}

/* The page tables of the placing program map this kernel's RAM only. */
static struct error *check_ram(const struct span_set *memory, const struct span_set *ram)
{
	for (size_t i = 0; i < memory->count; i++)
		if (!span_set_contains(ram, memory->items[i]))
			return error_new("this kernel was started without a part of 0x%" PRIx64 "-0x%" PRIx64
					 " (mem=, memmap=), which the snapshot has",
					 memory->items[i].start, memory->items[i].end - 1);
	return NULL;
}

struct error *placing_check(const struct restore *restore, const struct machine *machine)
{
	struct error *error = check_ram(&restore->note->memory, &machine->ram);

	if (!error)
		error = page_pool_try();
	return error ? error : why_refused_load(machine->root);
}

struct error *placing_prepare(struct placing *placing, const struct restore *restore, const struct machine *machine,
			      uint64_t entry)
{
	struct placement *placement = &placing->placement;
	struct error *error = placing_check(restore, machine);

	if (error)
		return error;
	placement_init(placement, restore->note, &machine->ram, machine->arch->address_end);
	error = restore_want(restore, placement);
	if (!error)
		error = placement_take(placement);
	if (!error)
		error = placing_plan_init(&placing->plan, placement, machine, entry);
	return error ? error : placement_assign(placement, &placing->plan.taken);
}

struct error *placing_read(struct placing *placing, const struct restore *restore)
{
	return restore_place(restore, &placing->placement);
}

struct error *placing_load(struct placing *placing, const struct machine *machine)
{
	struct error *error = placing_plan_fill(&placing->plan, &placing->placement, machine);

	if (!error)
		error = sys_kexec_load(&placing->plan.plan, "/");
	if (error)
		return error;
	error = page_pool_check(&placing->placement.pool);
	if (error)
		error_free(sys_kexec_unload(machine->arch, false));
	return error;
}
