/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/placing_load.h"

#include <inttypes.h>
#include <unistd.h>

#include "hibernate/in_use.h"
#include "kexec/place/page_moves.h"
#include "kexec/plan/sys.h"
#include "kexec/plan/why_refused.h"
#include "lib/base/alloc.h"
#include "lib/machine/kernel_map.h"
#include "lib/machine/memory_encryption.h"
#include "lib/machine/parked_memory.h"

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

/* Taking memory makes this kernel swap, behind the comparison of the swap areas' digests. */
static struct error *check_swap(const char *root)
{
	AUTO_FREE char *swap = in_use_swap(root);

	return swap ? error_new("%s is used as swap, and this kernel would write to it to make room; the saved system may "
				"have its own pages there: swapoff -a first", swap) :
		      NULL;
}

struct error *placing_check(const struct restore *restore, const struct machine *machine)
{
	struct error *error = memory_encryption_check(machine->root);

	if (!error)
		error = check_swap(machine->root);
	if (!error)
		error = check_ram(&restore->note->memory, &machine->ram);
	if (!error)
		error = page_pool_try();
	return error ? error : why_refused_load(machine->root);
}

/* By a jump, if all is known that a return takes. Whether the kernel has jumps shows when one is loaded. */
static struct placing_exit choose_exit(struct machine *machine)
{
	AUTO_KERNEL_MAP struct kernel_map map = { 0 };
	struct error *error = cpus_check_jump(&machine->cpus);

	if (!error)
		error = kernel_map_init(&map, machine->root, machine->arch);
	if (!error)
		error = parked_memory_read(machine);
	if (!error)
		return (struct placing_exit){ .is_jump = true, .local_gdt = map.gdt };
	span_set_deinit(&machine->parked);
	error_free(error);
	return (struct placing_exit){ 0 };
}

/*
 * Plans where the program and its lists lie. Pages of the pool that are there, or that the program does not reach, are of
 * no use: others are taken in their place, as long as there are any.
 */
static struct error *plan_and_take(struct placing *placing, const struct machine *machine, uint64_t entry)
{
	struct placement *placement = &placing->placement;
	uint64_t lacking = 0;
	bool more = true;

	for (;;) {
		struct error *error = placing_plan_init(&placing->plan, placement, machine, entry);

		if (!error)
			lacking = placement_lacking(placement, &placing->plan.taken);
		if (error || !lacking)
			return error;
		error = placement_take_more(placement, lacking, &more);
		if (error || !more)
			return error;
		placing_plan_deinit(&placing->plan);
	}
}

struct error *placing_prepare(struct placing *placing, const struct restore *restore, struct machine *machine,
			      uint64_t entry)
{
	struct placement *placement = &placing->placement;
	struct error *error = placing_check(restore, machine);

	if (error)
		return error;
	placing->exit = choose_exit(machine);
	placement_init(placement, restore->note, &machine->ram, machine->arch->address_end);
	placement->compares_all = page_moves_possible(machine->root);
	owner_page_take(&placement->owner);
	error = restore_want(restore, placement);
	if (!error)
		error = placement_take(placement);
	if (!error)
		error = plan_and_take(placing, machine, entry);
	return error ? error : placement_assign(placement, &placing->plan.taken);
}

struct error *placing_read(struct placing *placing, const struct restore *restore)
{
	return restore_place(restore, &placing->placement);
}

static struct error *load_for_good(struct placing *placing, const struct arch *arch)
{
	placing->exit.is_jump = false;
	return placing_plan_load(&placing->plan, arch, &placing->exit);
}

static struct error *load_exit(struct placing *placing, const struct arch *arch)
{
	struct error *error = placing_plan_load(&placing->plan, arch, &placing->exit);

	if (!error || !placing->exit.is_jump)
		return error;
	/* Most likely the kernel has no CONFIG_KEXEC_JUMP; anything else is reported by the second call. */
	error_free(error);
	return load_for_good(placing, arch);
}

struct error *placing_load(struct placing *placing, const struct machine *machine, uint64_t token)
{
	struct error *error = placing_plan_fill(&placing->plan, &placing->placement, machine);

	placing->exit.token = token;
	if (!error)
		error = load_exit(placing, machine->arch);
	if (error)
		return error;
	error = page_pool_check(&placing->placement.pool);
	if (error)
		error_free(sys_kexec_unload(machine->arch, false));
	return error;
}

/* After the program has returned: the reason, as far as it can still be seen. */
static struct error *explain_return(const struct placing *placing)
{
	struct error *moved = page_pool_check(&placing->placement.pool);

	if (moved)
		return error_prefix(moved, "the placing program came back before it had changed anything");
	return error_new("the placing program came back before it had changed anything: the memory in which the "
			 "snapshot was waiting had changed, or it did not run on the machine's first CPU");
}

struct error *placing_jump(struct placing *placing, const struct arch *arch, void (*say)(const char *text))
{
	struct error *error = page_pool_check(&placing->placement.pool);

	if (error)
		return error;
	error = sys_reboot_kexec();
	if (!placing->exit.is_jump)
		return error;
	if (!error)
		return explain_return(placing);
	/* A device that cannot be suspended refuses a jump, and no ordinary kexec. */
	error = error_prefix(error, "once more without a way back");
	say(error_text(error));
	error_free(error);
	error = load_for_good(placing, arch);
	if (!error)
		error = page_pool_check(&placing->placement.pool);
	return error ? error : sys_reboot_kexec();
}
