/* SPDX-License-Identifier: GPL-2.0-only */
/* In B: the gate through which B jumps back to A, and A to B again. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "include/gate_param.h"
#include "include/kjump_asleep_note.h"
#include "kexec/load/load_parts.h"
#include "kexec/load/protocols.h"
#include "kexec/plan/purgatory_setup.h"
#include "lib/base/alloc.h"
#include "lib/core/core_file.h"
#include "lib/core/jump_note.h"
#include "lib/machine/kernel_cmdline.h"

static struct error *find_entry(const struct loading *loading, uint64_t *ret_entry)
{
	const char *typed = loading->request->entry;
	struct error *error = typed ? jump_back_entry_parse(typed, "--entry", ret_entry) :
				      cmdline_jump_back_entry(loading->machine.cmdline, ret_entry);

	if (!error && *ret_entry >= loading->machine.arch->address_end)
		return error_new("the jump-back entry 0x%" PRIx64 " is beyond what this %s kernel can reach",
				 *ret_entry, loading->machine.arch->name);
	if (!error && span_set_overlaps(&loading->machine.ram, span_of(*ret_entry, 1)))
		return error_new("the jump-back entry 0x%" PRIx64 " lies in this kernel's own memory: it is no other "
				 "kernel's",
				 *ret_entry);
	return error;
}

static struct error *check_peer(const struct loading *loading, uint64_t entry, const struct kjump_note *note)
{
	const struct arch *arch = loading->machine.arch;

	if (note->elf_machine != arch->elf_machine)
		return error_new("the kernel to jump back to is of another architecture than this %s one", arch->name);

	struct error *error = kernel_map_check_levels(arch, loading->kernel_map.paging_levels, "kernel to jump back to",
						      note->paging_levels);

	if (error)
		return error;
	if (note->jump_back_entry && note->jump_back_entry != entry)
		return error_new("the jump-back entry 0x%" PRIx64 " is not the one that the kernel to jump back to "
				 "left (0x%" PRIx64 ")",
				 entry, note->jump_back_entry);
	if (!note->gdt)
		return error_new("the " KJUMP_NOTE_NAME " note has no address of the GDT of the kernel to jump back "
				 "to");
	return NULL;
}

/* A peer of another version may keep no room; this kernel cannot be woken by a later boot of it then. */
static void find_room(const struct core_file *vmcore, struct gate_param *param)
{
	struct kjump_room_note room;
	struct bytes desc;

	if (!core_file_note(vmcore, KJUMP_NOTE_NAME, KJUMP_ROOM_NOTE_TYPE, &desc) || desc.size < sizeof(room) ||
	    bytes_u32(desc, 0) != KJUMP_ROOM_NOTE_VERSION)
		return;
	memcpy(&room, desc.data, sizeof(room));
	param->peer_room = room.start;
	param->peer_room_size_bytes = room.size_bytes;
}

/* What the gate has to know of the kernel that is entered there. */
static struct error *find_peer(const struct loading *loading, uint64_t entry, struct gate_param *param)
{
	AUTO_CORE_FILE struct core_file vmcore = { 0 };
	AUTO_JUMP_NOTE struct jump_note note = { 0 };
	struct error *error = core_file_init(&vmcore, loading->request->root, "/proc/vmcore");

	if (error && error_errno_value(error) == ENOENT)
		return error_prefix(error, "there is no way to see the kernel to jump back to (it needs "
					   "CONFIG_PROC_VMCORE here, and elfcorehdr= on the command line)");
	if (!error)
		error = jump_note_find(&vmcore, &note);
	if (!error)
		error = check_peer(loading, entry, &note.fixed);
	if (error)
		return error;
	param->peer_entry = entry;
	param->peer_gdt = note.fixed.gdt;
	find_room(&vmcore, param);
	return NULL;
}

struct error *load_jump_back_helper(struct loading *loading)
{
	struct gate_param param = { .local_gdt = loading->kernel_map.gdt,
				    .flags = loading->machine.cpus.count > 1 ? GATE_OTHER_CPUS : 0 };
	uint64_t start, entry;
	struct error *error = find_entry(loading, &entry);

	if (!error)
		error = find_peer(loading, entry, &param);
	if (!error)
		error = ordinary_memory(loading, NULL);
	if (error)
		return error;
	span_set_remove_set(&loading->plan.free, &loading->machine.parked);
	error = gate_place(&loading->plan, loading->where, GATE_MEMORY, true, loading->machine.arch, param, &start);
	if (error)
		return error;
	loading->plan.entry = start + GATE_ENTRY_LOCAL;
	loading_add_detail(loading, "back to   0x%" PRIx64 ", gdt 0x%" PRIx64, entry, param.peer_gdt);
	return NULL;
}
