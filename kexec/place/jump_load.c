/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/place/jump_load.h"

#include <errno.h>

#include "kexec/place/page_pool.h"
#include "kexec/plan/sys.h"
#include "lib/base/span.h"

#define STEP_PAGES 512

/* With fewer of a step's pages in the window than one of so many, the kernel hardly gets the window's rest next. */
#define WORTH_A_STEP 4

static bool is_in_plan(const struct plan *plan, uint64_t address)
{
	for (size_t i = 0; i < plan->count; i++)
		if (span_contains(plan->segments[i].memory, span_of(address, PAGE_SIZE_BYTES)))
			return true;
	return false;
}

static uint64_t plan_pages(const struct plan *plan)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < plan->count; i++)
		bytes += span_size(plan->segments[i].memory);
	return bytes / PAGE_SIZE_BYTES;
}

/* Takes memory in the order in which the kernel gives it away, as long as that is the window's. Best effort. */
static void hold_free_pages(struct page_pool *pool, const struct plan *plan)
{
	struct error *error = page_pool_init(pool, (size_t)plan_pages(plan), false);

	/* The load itself takes as many pages elsewhere, and the kernel would end programs rather than refuse it. */
	pool->spare_bytes += plan_pages(plan) * PAGE_SIZE_BYTES;
	while (!error) {
		size_t before = pool->page_count, in_plan = 0;

		error = page_pool_grow(pool, before + STEP_PAGES);
		for (size_t i = before; !error && i < pool->page_count; i++)
			in_plan += is_in_plan(plan, pool->frames[i] * (uint64_t)PAGE_SIZE_BYTES);
		if (in_plan * WORTH_A_STEP < STEP_PAGES)
			break;
	}
	error_free(error);
}

struct error *jump_load(const struct plan *plan, const char *root)
{
	struct page_pool held = { 0 };
	struct error *error;

	hold_free_pages(&held, plan);
	error = sys_kexec_load(plan, root);
	page_pool_release(&held);
	if (!error || error_errno_value(error) != ENOMEM)
		return error;
	/* Where memory is scarce, the kernel needs what was held. */
	error_free(error);
	return sys_kexec_load(plan, root);
}
