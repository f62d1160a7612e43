/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What purgatory does between the kernel that was left and the target, for
 * both widths. The entry code (entry32.S, entry64.S) has set up stack and
 * descriptor tables; it goes to the target, or back to the caller, as
 * purgatory_prepare says.
 */
#include "include/purgatory_param.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "purgatory/console.h"
#include "purgatory/jump_back.h"
#include "purgatory/layout.h"
#include "purgatory/other_cpus.h"
#include "purgatory/vga.h"
#include "purgatory/xxh64.h"

/* The caller's other CPUs, which it has parked; after an ordinary kexec nothing wakes them. */
static bool stop_other_cpus(const struct purgatory_param *param)
{
	uintptr_t start = (uintptr_t)param - PURGATORY_PARAM_OFFSET;

	if (!(param->flags & PURGATORY_JUMP))
		return true;
	return other_cpus_stop((void *)(start + PURGATORY_SPARE_TABLE_OFFSET)) ||
	       !(param->flags & PURGATORY_OTHER_CPUS);
}

static bool digest_matches(const struct purgatory_param *param)
{
	struct xxh64 all;

	if (param->region_count > PURGATORY_REGION_MAX)
		return false;
	xxh64_init(&all);
	for (uint32_t i = 0; i < param->region_count; i++)
		xxh64_update(&all, (const void *)(uintptr_t)param->regions[i].start,
			     (size_t)param->regions[i].size_bytes);
	return xxh64_value(&all) == param->digest;
}

/*
 * The 32-bit purgatory has no page tables to enter long mode with; the 64-bit one leaves long mode
 * through code that must still be where it is when addresses have 32 bits.
 */
static bool can_enter_target(const struct purgatory_param *param)
{
	bool is_64 = sizeof(uintptr_t) == 8;
	uint64_t here = (uintptr_t)param;

	if (param->target_mode == PURGATORY_TARGET_64)
		return is_64;
	return param->target_mode == PURGATORY_TARGET_32 && here >> 32 == 0 && param->entry >> 32 == 0;
}

/* Tells the target where the caller goes on. False if the command line has no room for it. */
static bool hand_over(const struct purgatory_param *param, uint64_t jump_back_entry)
{
	if (param->cmdline &&
	    !jump_back_insert((char *)(uintptr_t)param->cmdline, param->cmdline_size_bytes, jump_back_entry))
		return false;
	if (param->note_entry)
		*(uint64_t *)(uintptr_t)param->note_entry = jump_back_entry;
	return true;
}

/* NULL, or why the target must not be entered. */
static const char *find_trouble(const struct purgatory_param *param, uint64_t jump_back_entry)
{
	if (!can_enter_target(param))
		return "the target cannot be entered from here";
	if ((param->flags & PURGATORY_CHECK_DIGEST) && !digest_matches(param))
		return "the loaded image has changed in memory (its digest differs)";
	if ((param->flags & PURGATORY_JUMP) && !hand_over(param, jump_back_entry))
		return "no room for the jump-back entry on the command line";
	return NULL;
}

/*
 * Called by the entry code; `jump_back_entry` is where the caller goes on, 0 if it was left for good.
 * True: enter the target. False: go back to the caller, which stays alive that way. Where
 * neither is possible the machine stops here, with the reason on the consoles.
 */
bool purgatory_prepare(const struct purgatory_param *param, uintptr_t jump_back_entry);

bool purgatory_prepare(const struct purgatory_param *param, uintptr_t jump_back_entry)
{
	struct console console;
	const char *trouble = NULL;

	/* Before anything is written. */
	if (!stop_other_cpus(param))
		trouble = "the other CPUs cannot be stopped, as this one is not the machine's first";
	if (param->flags & PURGATORY_RESET_VGA)
		vga_reset();
	console_init(&console, param);
	if (!trouble)
		trouble = find_trouble(param, jump_back_entry);
	if (!trouble)
		return true;

	console_write(&console, "\nkexec-jump: ");
	console_write(&console, trouble);
	console_write(&console, jump_back_entry ? "; going back\n" : "; stopped\n");
	if (jump_back_entry)
		return false;
	for (;;)
		asm volatile("cli; hlt");
}
