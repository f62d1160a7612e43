/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Purgatory's work between the kernel that jumps and the target, for both
 * widths. The entry code (entry32.S, entry64.S) has set up stack and
 * descriptor tables; it enters the target or returns to the caller, by the
 * result of purgatory_prepare.
 */
#include "include/purgatory_param.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "purgatory/console.h"
#include "purgatory/cmdline_entry.h"
#include "purgatory/layout.h"
#include "purgatory/other_cpus.h"
#include "purgatory/vga.h"
#include "purgatory/xxh64.h"

/* The caller's other CPUs, which are offline; after an ordinary kexec nothing wakes them. */
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
 * The 32-bit purgatory has no page tables for long mode; the code with which the 64-bit one leaves long mode
 * must have an address of 32 bits.
 */
static bool can_enter_target(const struct purgatory_param *param)
{
	bool is_64 = sizeof(uintptr_t) == 8;
	uint64_t here = (uintptr_t)param;

	if (param->target_mode == PURGATORY_TARGET_64)
		return is_64;
	return param->target_mode == PURGATORY_TARGET_32 && here >> 32 == 0 && param->entry >> 32 == 0;
}

/* Passes the jump-back entry to the target. False if the command line has no room for it. */
static bool pass_jump_back_entry(const struct purgatory_param *param, uint64_t jump_back_entry)
{
	if (param->cmdline &&
	    !cmdline_entry_insert((char *)(uintptr_t)param->cmdline, param->cmdline_size_bytes, jump_back_entry))
		return false;
	if (param->note_entry)
		*(uint64_t *)(uintptr_t)param->note_entry = jump_back_entry;
	return true;
}

/* The reason why the target must not be entered; NULL: it may. */
static const char *find_refusal(const struct purgatory_param *param, uint64_t jump_back_entry)
{
	if (!can_enter_target(param))
		return "the target cannot be entered from here";
	if ((param->flags & PURGATORY_CHECK_DIGEST) && !digest_matches(param))
		return "the kexec image has changed in memory (its digest differs)";
	if ((param->flags & PURGATORY_JUMP) && !pass_jump_back_entry(param, jump_back_entry))
		return "no room for the jump-back entry on the command line";
	return NULL;
}

/*
 * Called by the entry code; `jump_back_entry` is the address at which the caller continues, 0 after an ordinary
 * kexec. True: enter the target. False: return to the caller, which then continues. If neither is possible,
 * prints the reason on the consoles and stops the machine.
 */
bool purgatory_prepare(const struct purgatory_param *param, uintptr_t jump_back_entry);

bool purgatory_prepare(const struct purgatory_param *param, uintptr_t jump_back_entry)
{
	struct console console;
	const char *refusal = NULL;

	/* Before the first write to memory. */
	if (!stop_other_cpus(param))
		refusal = "the other CPUs cannot be stopped, as this one is not the machine's first";
	if (param->flags & PURGATORY_RESET_VGA)
		vga_reset();
	console_init(&console, param);
	if (!refusal)
		refusal = find_refusal(param, jump_back_entry);
	if (!refusal)
		return true;

	console_write(&console, "\nkexec-jump: ");
	console_write(&console, refusal);
	console_write(&console, jump_back_entry ? "; going back\n" : "; stopped\n");
	if (jump_back_entry)
		return false;
	for (;;)
		asm volatile("cli; hlt");
}
