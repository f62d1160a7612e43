/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/window_jump.h"

#include "kexec/plan/plan.h"
#include "kexec/plan/purgatory_setup.h"
#include "kexec/plan/sys.h"

/* The gate must be in memory that the snapshot leaves free: this kernel's own, inside the window. */
static struct error *load_gate(const struct machine *machine, const struct jump_note *note, uint64_t entry)
{
	AUTO_PLAN struct plan plan = { 0 };
	AUTO_SPAN_SET struct span_set room = { 0 };
	struct gate_param param = { .peer_entry = entry, .peer_gdt = note->fixed.gdt, .flags = GATE_LOCAL_ENDED };
	uint64_t start;

	span_set_copy(&room, &machine->ram);
	span_set_keep_set(&room, &note->window);
	plan_init(&plan, &room);

	struct error *error = gate_place(&plan, "this kernel's memory inside the snapshot's window", GATE_MEMORY, true,
					 machine->arch, param, &start);

	if (error)
		return error;
	plan.entry = start + GATE_ENTRY_LOCAL;
	plan.flags = machine->arch->kexec_flag;
	plan_complete(&plan, NULL);
	error = plan_check(&plan, machine->total_ram_bytes);
	return error ? error : sys_kexec_load(&plan, "/");
}

struct error *window_jump_try(const struct machine *machine, const struct jump_note *note, uint64_t entry)
{
	struct error *error = load_gate(machine, note, entry);

	return error ? error : sys_kexec_unload(machine->arch, false);
}

struct error *window_jump(const struct machine *machine, const struct jump_note *note, uint64_t entry)
{
	struct error *error = load_gate(machine, note, entry);

	return error ? error : sys_reboot_kexec();
}
