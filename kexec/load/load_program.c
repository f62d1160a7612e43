/* SPDX-License-Identifier: GPL-2.0-only */
/* A plain ELF program: called through the gate, or entered for good. */
#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "kexec/format/elf_boot_notes.h"
#include "kexec/load/elf_place.h"
#include "kexec/load/protocols.h"
#include "kexec/plan/purgatory_setup.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/machine/kernel_cmdline.h"

#define BELOW_4G ((struct span){ 0, 4 * GIB })

static struct error *check_width(const struct loading *loading)
{
	const struct arch *arch = loading->machine.arch;
	bool program_is_64 = loading->image.elf.is_64;

	if (program_is_64 && !arch->is_64)
		return error_new("\"%s\" is a 64-bit program; this kernel is %s", loading->request->kernel, arch->name);
	if (!program_is_64 && arch->is_64 && loading->is_jump)
		return error_new("\"%s\" is a 32-bit program: it is called in the running kernel's mode, which is 64 "
				 "bit; build it for x86_64",
				 loading->request->kernel);
	return NULL;
}

static struct error *find_entry(const struct loading *loading, uint64_t *ret_entry)
{
	uint64_t entry = loading->image.elf.entry;
	struct error *error = loading->request->entry ?
				      jump_back_entry_parse(loading->request->entry, "--entry", &entry) :
				      NULL;

	if (error)
		return error;
	if (loading->request->entry) {
		*ret_entry = entry;
		return NULL;
	}
	for (size_t i = 0; i < loading->image.elf.segment_count; i++) {
		const struct elf_segment *segment = &loading->image.elf.segments[i];

		/* The entry is a physical address: paging is off there, or maps linear to physical. */
		if (segment->type == PT_LOAD && entry >= segment->paddr &&
		    entry - segment->paddr < segment->memory_size) {
			*ret_entry = entry;
			return NULL;
		}
	}
	return error_new("the entry 0x%" PRIx64 " of \"%s\" lies in none of its segments; give one with --entry",
			 entry, loading->request->kernel);
}

static struct error *prepare_memory(struct loading *loading)
{
	struct window_requirements requirements = { 0 };

	if (!loading->is_jump || (loading->request->has_mem_min && loading->request->has_mem_max)) {
		struct error *error = loading->policy->choose_memory(loading, &requirements);

		if (!error)
			allow_low_memory(loading);
		return error;
	}
	/* A program uses its segments and low memory only: these are kept. */
	struct error *error = ordinary_memory(loading, &requirements);

	window_low_memory(&loading->machine, &loading->window.low);
	return error;
}

static uint64_t alignment_of(const struct elf_file *elf)
{
	uint64_t align = PAGE_SIZE_BYTES;

	for (size_t i = 0; i < elf->segment_count; i++)
		if (elf_is_loaded(&elf->segments[i]) && elf->segments[i].align > align)
			align = elf->segments[i].align;
	return align;
}

/*
 * A position-independent program (ET_DYN) is moved to where there is room, as a whole, so that addresses in it keep
 * their remainder by the largest alignment (System V ABI, "Program Loading"). The entry moves along.
 */
static struct error *move_program(struct loading *loading, uint64_t *entry)
{
	struct elf_file *elf = &loading->image.elf;
	uint64_t align = alignment_of(elf), start;
	struct span linked = elf_extent(elf);

	if (elf->type != ET_DYN)
		return NULL;
	linked.start = address_align_down(linked.start, align);
	if (!elf_find_start(&loading->plan.free, linked, BELOW_4G, align, false, &start))
		return error_new("no room for \"%s\" in %s: it needs %" PRIu64 " KiB in one piece below 4 GiB, aligned to 0x%"
				 PRIx64,
				 loading->request->kernel, loading->where, span_size(linked) / 1024, align);
	elf_move(elf, start - linked.start);
	*entry += start - linked.start;
	return NULL;
}

/* The parts beside the program; 0: not needed. */
struct starts {
	uint64_t purgatory, gate, notes;
};

static struct error *place(struct loading *loading, uint64_t entry, size_t notes_size, struct starts *ret_starts)
{
	const struct plan_need purgatory = { "purgatory", PURGATORY_SIZE_BYTES, 0, GATE_MEMORY, false };
	const struct plan_need notes = { "boot notes", notes_size, 0, GATE_MEMORY, false };
	const struct gate_param gate = { .peer_entry = entry,
					 .local_gdt = loading->kernel_map.gdt,
					 .flags = loading->machine.cpus.count > 1 ? GATE_OTHER_CPUS : 0 };
	struct error *error = elf_place(&loading->plan, loading->where, &loading->image);

	span_set_remove_set(&loading->plan.free, &loading->machine.parked);
	if (!error)
		error = plan_place(&loading->plan, loading->where, &purgatory, 1, &ret_starts->purgatory);
	if (!error && loading->is_jump)
		error = gate_place(&loading->plan, loading->where, GATE_MEMORY, false, loading->machine.arch, gate,
				   &ret_starts->gate);
	if (!error)
		error = plan_place(&loading->plan, loading->where, &notes, 1, &ret_starts->notes);
	return error;
}

/* A jump calls the program through the gate, which stands between it and the kernel each time. */
static void set_target(struct loading *loading, uint64_t entry, const struct starts *starts)
{
	struct purgatory_param param = {
		.target_mode = loading->image.elf.is_64 ? PURGATORY_TARGET_64 : PURGATORY_TARGET_32,
		.entry = entry,
		.local_gdt = loading->kernel_map.gdt,
	};

	if (starts->notes) {
		param.regs.ax = ELF_BOOT_MAGIC;
		param.regs.bx = starts->notes;
		/* Where kexec-tools passes them to a 64-bit program, which can be a C function with one argument. */
		if (loading->image.elf.is_64)
			param.regs.di = starts->notes;
	}
	if (loading->is_jump) {
		param.entry = starts->gate + GATE_ENTRY_CALL;
		param.flags |= PURGATORY_KEEP_STACK;
	}
	loading_set_purgatory(loading, starts->purgatory, param);
}

struct error *load_program(struct loading *loading)
{
	struct starts starts = { 0 };
	uint64_t entry;
	uint8_t *notes = NULL;
	size_t notes_size = 0;
	struct error *error = check_width(loading);

	if (!error)
		error = find_entry(loading, &entry);
	if (!error)
		error = prepare_memory(loading);
	if (!error)
		error = move_program(loading, &entry);
	if (error)
		return error;
	/* Not in a jump: the gate before the program uses the registers that would point to them. */
	if (loading->request->args != ARGS_NONE && !loading->is_jump)
		notes = elf_boot_notes_build(loading->request->append ? loading->request->append : "", &notes_size);
	error = place(loading, entry, notes_size, &starts);
	if (error) {
		free(notes);
		return error;
	}
	if (notes)
		plan_fill_owned(&loading->plan, starts.notes, notes, notes_size);
	set_target(loading, entry, &starts);
	return NULL;
}
