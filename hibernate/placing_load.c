/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/placing_load.h"

#include "kexec/place/placing_plan.h"
#include "kexec/plan/sys.h"

struct error *placing_load(struct placement *placement, const struct restore *restore, const struct machine *machine,
			   uint64_t entry)
{
	AUTO_PLACING_PLAN struct placing_plan plan = { 0 };

	placement_init(placement, restore->note, &machine->ram, machine->arch->address_end);

	struct error *error = restore_want(restore, placement);

	if (!error)
		error = placement_take(placement);
	if (!error)
		error = placing_plan_init(&plan, placement, machine, entry);
	if (!error)
		error = placement_assign(placement, &plan.taken);
	if (!error)
		error = restore_place(restore, placement);
	if (!error)
		error = placing_plan_fill(&plan, placement, machine);
	if (!error)
		error = sys_kexec_load(&plan.plan, "/");
	if (error)
		return error;
	error = page_pool_check(&placement->pool);
	if (error)
		error_free(sys_kexec_unload(machine->arch, false));
	return error;
}
